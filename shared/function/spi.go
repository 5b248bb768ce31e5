package function

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"time"

	"aegis/shared/market"
	"aegis/shared/pop"
	"aegis/shared/store"
)

// openSPI wires the SPI by its settings.
func (s Settings) openSPI(log io.Writer) (*market.SPI, error) {
	desk, err := s.OpenMarket(log)
	if err != nil {
		return nil, err
	}
	queue, err := market.NewSMQ(s.Market.Queue, func(ctx context.Context) market.Credentials {
		return market.Credentials(store.CredentialsOf(ctx))
	})
	if err != nil {
		return nil, fmt.Errorf("settings: MARKET_QUEUE: %w", err)
	}
	return market.NewSPI(desk, queue, time.Now), nil
}

// answerSPI answers an HTTP event by the SPI. It never fails: a Go error would
// reach the marketplace as a bare 503.
func answerSPI(ctx context.Context, spi *market.SPI, raw []byte) Envelope {
	ctx, cancel := beforeDeadline(ctx)
	defer cancel()
	answer := market.Answer{Status: http.StatusInternalServerError, Success: "false"}
	id, err := pop.NewRequestID(rand.Reader)
	if err == nil {
		answer = callSPI(ctx, spi, id, raw)
	}
	body, err := json.Marshal(answer)
	if err != nil {
		body = []byte("{}") // strings
	}
	return Envelope{StatusCode: answer.Status, Headers: map[string]string{"Content-Type": "application/json"}, Body: string(body)}
}

func callSPI(ctx context.Context, spi *market.SPI, requestID string, raw []byte) market.Answer {
	if checkEvent(raw) != nil {
		return market.Answer{Status: http.StatusRequestEntityTooLarge, Success: "false", Message: "The request is too large."}
	}
	request, err := readEvent(raw)
	if err != nil || request.Method != http.MethodGet {
		return market.Answer{Status: http.StatusBadRequest, Success: "false", Message: "The SPI is called by GET."}
	}
	params := make(map[string]string, len(request.Query))
	for _, p := range request.Query {
		params[p.Name] = p.Value
	}
	return spi.Call(ctx, requestID, params)
}
