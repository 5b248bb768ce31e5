package api

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"net/http"

	"aegis/shared/marketplace"
	"aegis/shared/pop"
)

// AnswerSPI answers an HTTP event of the marketplace. It always returns an envelope: a
// Go error would reach the marketplace as a bare 503.
func AnswerSPI(ctx context.Context, spi *marketplace.SPI, raw []byte) Envelope {
	ctx, cancel := BeforeDeadline(ctx)
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

	headers := map[string]string{"Content-Type": "application/json"}
	protect(headers)
	return Envelope{StatusCode: answer.Status, Headers: headers, Body: string(body)}
}

func callSPI(ctx context.Context, spi *marketplace.SPI, requestID string, raw []byte) marketplace.Answer {
	if CheckEvent(raw) != nil {
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
