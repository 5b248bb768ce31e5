package app

import (
	"context"
	"encoding/json"
	"os"

	"github.com/aliyun/fc-runtime-go-sdk/fc"

	"aegis/shared/api"
	"aegis/shared/marketplace"
	"aegis/shared/renewals"
)

// StartMarketOrders runs the function that consumes the order queue. The platform
// delivers a failed event again.
func StartMarketOrders(open OpenTruth) {
	orders, err := mustRead().OpenProcessor(os.Stdout, open)
	if err != nil {
		exit(err)
	}

	prepareProcess(api.MaxBatchEvent)
	fc.Start(func(ctx context.Context, event []byte) (marketplace.Report, error) {
		if err := api.CheckBatchEvent(event); err != nil {
			return marketplace.Report{}, err
		}
		ctx, cancel := api.BeforeDeadline(authenticate(ctx))
		defer cancel()
		return orders.Consume(ctx, event)
	})
}

// StartMarketSPI runs the function that the marketplace calls.
func StartMarketSPI() {
	spi, err := mustRead().openSPI(os.Stdout)
	if err != nil {
		exit(err)
	}
	prepareProcess(api.MaxEvent)
	fc.Start(func(ctx context.Context, event []byte) (api.Envelope, error) {
		return api.AnswerSPI(authenticate(ctx), spi, event), nil
	})
}

// StartRenewals runs the timer's function.
func StartRenewals(open OpenTruth) {
	runner, err := mustRead().OpenRenewals(os.Stdout, open)
	if err != nil {
		exit(err)
	}

	prepareProcess(api.MaxEvent)
	fc.Start(func(ctx context.Context, event []byte) (renewals.Report, error) {
		if err := api.CheckEvent(event); err != nil {
			return renewals.Report{}, err
		}
		ctx, cancel := api.BeforeDeadline(authenticate(ctx))
		defer cancel()
		return runner.Run(ctx, renewals.Job(payload(event)))
	})
}

// payload returns the job that the timer's trigger names.
func payload(event []byte) string {
	var timer struct {
		Payload string `json:"payload"`
	}
	_ = json.Unmarshal(event, &timer) // a broken payload counts as empty
	return timer.Payload
}

func mustRead() Settings {
	settings, err := ReadSettings(os.Getenv)
	if err != nil {
		exit(err)
	}
	settings.announce()
	return settings
}
