package function

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"

	"aegis/shared/marketplace"
	"aegis/shared/pop"
	"aegis/shared/store"
)

// openSPI wires the SPI by its settings. The SPI dates calls by the real clock, also
// where the sale's clock is moved.
func (s Settings) openSPI(log io.Writer) (*marketplace.SPI, error) {
	if s.Market.Secret == "" {
		return nil, errors.New("settings: MARKET_SECRET is not set")
	}
	gate, books, err := s.openLedger()
	if err != nil {
		return nil, err
	}
	queue, err := marketplace.NewSMQ(s.Market.Queue, func(ctx context.Context) marketplace.Credentials {
		return marketplace.Credentials(store.CredentialsOf(ctx))
	})
	if err != nil {
		return nil, fmt.Errorf("settings: MARKET_QUEUE: %w", err)
	}
	return marketplace.NewSPI(marketplace.SPIConfig{
		Gate: gate, Ledger: books, Queue: queue, Secret: s.Market.Secret, Skus: s.Market.Skus, Log: log,
	})
}

// answerSPI answers an HTTP event by the SPI. It never fails: a Go error would
// reach the marketplace as a bare 503.
func answerSPI(ctx context.Context, spi *marketplace.SPI, raw []byte) Envelope {
	ctx, cancel := beforeDeadline(ctx)
	defer cancel()
	answer := marketplace.Answer{Status: http.StatusInternalServerError, Success: "false"}
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

func callSPI(ctx context.Context, spi *marketplace.SPI, requestID string, raw []byte) marketplace.Answer {
	if checkEvent(raw) != nil {
		return marketplace.Answer{Status: http.StatusRequestEntityTooLarge, Success: "false", Message: "The request is too large."}
	}
	request, err := readEvent(raw)
	if err != nil || request.Method != http.MethodGet {
		return marketplace.Answer{Status: http.StatusBadRequest, Success: "false", Message: "The SPI is called by GET."}
	}
	params := make(map[string]string, len(request.Query))
	for _, p := range request.Query {
		params[p.Name] = p.Value
	}
	return spi.Call(ctx, requestID, params)
}
