package market

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"time"

	"aegis/shared/ledger"
)

// Sender puts messages into a queue. After an error the message may be in it.
type Sender interface {
	Send(ctx context.Context, body []byte) (messageID string, err error)
}

// SPI answers the marketplace's calls: it checks and enqueues, and leaves the work
// to the queue's consumer, as the marketplace advises.
type SPI struct {
	desk  *Desk
	queue Sender
	clock func() time.Time
}

// NewSPI makes it. The clock dates calls, which are put in order by it: it is the
// real one also where the sale's clock is moved.
func NewSPI(desk *Desk, queue Sender, clock func() time.Time) *SPI { return &SPI{desk, queue, clock} }

// Answer is what the marketplace is told.
type Answer struct {
	Status     int    `json:"-"`                    // of HTTP
	InstanceID string `json:"instanceId,omitempty"` // of createInstance: "0" until there is one
	Success    string `json:"success,omitempty"`    // of the others: "true", or "false"
	Message    string `json:"message,omitempty"`    // why not
}

func failed(status int, message string) Answer {
	return Answer{Status: status, Success: "false", Message: message}
}

// Call answers one call. A call with the right token and a known action is
// enqueued whatever else is in it: what is wrong with it ends as a dead letter,
// which can be put right, since the buyer has paid.
func (s *SPI) Call(ctx context.Context, requestID string, params map[string]string) Answer {
	switch {
	case !Verify(params, s.desk.secret):
		return failed(http.StatusForbidden, "The token is wrong.")
	case !Known(params["action"]):
		return failed(http.StatusBadRequest, "The action is not known.")
	case params["action"] == createInstance:
		return s.create(ctx, requestID, params)
	}
	if err := s.enqueue(ctx, requestID, params); err != nil {
		return s.unavailable(requestID, err)
	}
	return Answer{Status: http.StatusOK, Success: "true"}
}

// create answers the instance if it is there. The marketplace repeats the call
// until it is; once the order has been taken up it needs no second message.
func (s *SPI) create(ctx context.Context, requestID string, params map[string]string) Answer {
	instanceID, begun, err := s.find(ctx, params)
	if err == nil && instanceID == "" && !begun {
		instanceID, err = "0", s.enqueue(ctx, requestID, params)
	}
	if err != nil {
		return s.unavailable(requestID, err)
	}
	return Answer{Status: http.StatusOK, InstanceID: first(instanceID, "0")}
}

// find looks for the instance of a creation, and whether the order was begun.
func (s *SPI) find(ctx context.Context, params map[string]string) (instanceID string, begun bool, err error) {
	order, err := ReadOrder(Call{Params: params}, s.desk.skus, time.Time{})
	if err != nil {
		return "", false, nil // a dead letter to be
	}
	owner, orderID, err := ownerOf(ctx, s.desk.gate, order.InstanceID)
	if err != nil || owner != order.Owner || orderID != order.OrderID {
		return "", false, err
	}
	token, err := s.desk.ledger.FindToken(ctx, order.Owner, order.Token)
	if errors.Is(err, ledger.ErrNoToken) {
		return "", true, nil
	}
	return token.InstanceID, true, err
}

// enqueue sends the call verbatim, with the facts of its reception.
func (s *SPI) enqueue(ctx context.Context, requestID string, params map[string]string) error {
	body, err := json.Marshal(map[string]any{
		"version": "1", "receivedAt": s.clock().UTC().Format("2006-01-02T15:04:05.000Z"), "requestId": requestID, "params": params,
	})
	if err != nil {
		return fmt.Errorf("encode a call: %w", err)
	}
	id, err := s.queue.Send(ctx, body)
	if err != nil {
		return fmt.Errorf("enqueue a call: %w", err)
	}
	s.desk.log.Info("call", "requestId", requestID, "action", params["action"], "messageId", id)
	return nil
}

func (s *SPI) unavailable(requestID string, err error) Answer {
	s.desk.log.Error("call", "requestId", requestID, "error", err.Error())
	return failed(http.StatusServiceUnavailable, "The call could not be taken now.")
}
