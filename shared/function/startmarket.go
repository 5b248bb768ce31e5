package function

import (
	"context"
	"encoding/json"
	"os"

	"github.com/aliyun/fc-runtime-go-sdk/fc"

	"aegis/shared/market"
	"aegis/shared/renewals"
)

// StartMarketOrders is the main of the function that consumes the order queue. A
// failed event is delivered again by the platform.
func StartMarketOrders() {
	desk, err := mustRead().OpenMarket(os.Stdout)
	if err != nil {
		exit(err)
	}
	prepareProcess(MaxBatchEvent)
	fc.Start(func(ctx context.Context, event []byte) (market.Report, error) {
		if err := checkBatchEvent(event); err != nil {
			return market.Report{}, err
		}
		ctx, cancel := beforeDeadline(authenticate(ctx))
		defer cancel()
		return desk.Consume(ctx, event)
	})
}

// StartMarketSPI is the main of the function that the marketplace calls.
func StartMarketSPI() {
	spi, err := mustRead().openSPI(os.Stdout)
	if err != nil {
		exit(err)
	}
	prepareProcess(MaxEvent)
	fc.Start(func(ctx context.Context, event []byte) (Envelope, error) {
		return answerSPI(authenticate(ctx), spi, event), nil
	})
}

// StartRenewals is the main of the timer's function.
func StartRenewals() {
	runner, err := mustRead().OpenRenewals(os.Stdout)
	if err != nil {
		exit(err)
	}
	prepareProcess(MaxEvent)
	fc.Start(func(ctx context.Context, event []byte) (renewals.Report, error) {
		if err := checkEvent(event); err != nil {
			return renewals.Report{}, err
		}
		ctx, cancel := beforeDeadline(authenticate(ctx))
		defer cancel()
		return runner.Run(ctx, anytime(event))
	})
}

// anytime tells whether the timer's event carries the operator's word for renewing
// outside the renewal hours: the payload anytime. Nothing else in it matters.
func anytime(event []byte) bool {
	var timer struct {
		Payload string `json:"payload"`
	}
	return json.Unmarshal(event, &timer) == nil && timer.Payload == "anytime"
}

func mustRead() Settings {
	settings, err := ReadSettings(os.Getenv)
	if err != nil {
		exit(err)
	}
	return settings
}
