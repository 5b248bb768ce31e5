package marketplace

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"time"

	"aegis/shared/ledger"
	"aegis/shared/sale"
	"aegis/shared/store"
)

// Sender puts messages into a queue. After an error the message may be in it.
type Sender interface {
	Send(ctx context.Context, body []byte) (messageID string, err error)
}

// SPIConfig wires an SPI. Store, Ledger, Secret and Queue must be set.
type SPIConfig struct {
	Store  store.Client   // to find the owner of an instance
	Ledger *ledger.Ledger // to find whether a creation is done
	Queue  Sender
	Secret string           // of the marketplace's tokens
	Skus   Skus             // nil: the embedded sample
	Clock  func() time.Time // of the time of reception; nil: time.Now
	Log    io.Writer        // nil: nowhere
	Level  slog.Level       // of the log; zero: INFO
}

// SPI answers the marketplace's calls. It checks and enqueues them and leaves the work
// to the queue's consumer, as the marketplace advises.
type SPI struct {
	SPIConfig
	log *slog.Logger
}

// NewSPI makes an SPI.
func NewSPI(c SPIConfig) (*SPI, error) {
	if c.Store == nil || c.Ledger == nil || c.Queue == nil || c.Secret == "" {
		return nil, errors.New("make SPI: store, ledger, queue and secret must be set")
	}
	if c.Skus == nil {
		c.Skus = DefaultSkus()
	}
	if c.Clock == nil {
		c.Clock = time.Now
	}
	if c.Log == nil {
		c.Log = io.Discard
	}

	return &SPI{c, slog.New(slog.NewJSONHandler(c.Log, &slog.HandlerOptions{Level: c.Level}))}, nil
}

// Answer is the answer to the marketplace.
type Answer struct {
	Status     int      `json:"-"`                    // of HTTP
	InstanceID string   `json:"instanceId,omitempty"` // of createInstance: "0" until there is one
	AppInfo    *AppInfo `json:"appInfo,omitempty"`    // of createInstance, once there is one
	Success    string   `json:"success,omitempty"`    // of the others: "true", or "false"
	Message    string   `json:"message,omitempty"`    // why not
}

func failed(status int, message string) Answer {
	return Answer{Status: status, Success: "false", Message: message}
}

// Call answers one call. A call with a valid token and a known action is enqueued
// whatever else it contains: if something is wrong with it, it ends as a dead letter,
// which can be corrected, since the buyer has paid. orderPay is acknowledged and needs
// no work, because createInstance, renewInstance or upgradeInstance follows. Any other
// action is refused, so that the marketplace lists it as failed.
func (s *SPI) Call(ctx context.Context, requestID string, params map[string]string) Answer {
	action := params["action"]
	if name := Ambiguous(params); name != "" {
		return failed(http.StatusBadRequest, fmt.Sprintf("Parameter %.64q could be read as two.", name))
	}

	switch {
	case !Verify(params, s.Secret):
		return failed(http.StatusForbidden, "The token is wrong.")
	case action == orderPay:
		s.log.Info("call", "requestId", requestID, "action", action, "outcome", "acknowledged")
		return Answer{Status: http.StatusOK, Success: "true"}
	case !IsKnownAction(action):
		s.log.Warn("call", "requestId", requestID, "action", action, "outcome", "unknown action")
		return failed(http.StatusBadRequest, "The action is not known.")
	case action == createInstance:
		return s.create(ctx, requestID, params)
	}

	if err := s.enqueue(ctx, requestID, params); err != nil {
		return s.unavailable(requestID, err)
	}
	return Answer{Status: http.StatusOK, Success: "true"}
}

// create answers the instance if it exists. The marketplace repeats the call until it
// does. Once the order has been enqueued, no second message is needed.
func (s *SPI) create(ctx context.Context, requestID string, params map[string]string) Answer {
	found, err := s.find(ctx, params)
	if err == nil && !found.begun {
		err = s.enqueue(ctx, requestID, params)
	}

	switch {
	case err != nil:
		return s.unavailable(requestID, err)
	case found.instanceID == "":
		return Answer{Status: http.StatusOK, InstanceID: "0"}
	}

	return Answer{Status: http.StatusOK, InstanceID: found.instanceID, AppInfo: &found.app}
}

// found is the state of a creation.
type found struct {
	begun      bool
	instanceID string // "": not yet
	app        AppInfo
}

func (s *SPI) find(ctx context.Context, params map[string]string) (found, error) {
	order, err := ParseOrder(Call{Params: params}, s.Skus)
	if err != nil {
		return found{}, nil // it will be a dead letter
	}

	owner, orderID, err := ownerOf(ctx, s.Store, order.InstanceID)
	if err != nil || owner != order.Owner || orderID != order.OrderID {
		return found{}, err
	}

	token, err := s.Ledger.FindToken(ctx, order.Owner, order.token(order.OrderID))
	if errors.Is(err, sale.ErrNoToken) {
		return found{begun: true}, nil
	}

	if err != nil {
		return found{}, err
	}

	sold, err := s.Ledger.Order(ctx, order.Owner, token.OrderID)
	app := s.Skus[params["skuId"]].AppInfo
	app.LicenceID = token.InstanceID
	app.LicenceEnd = day(sold.Expires)
	return found{begun: true, instanceID: token.InstanceID, app: app}, err
}

// enqueue sends the call unchanged, with the time and id of its reception.
func (s *SPI) enqueue(ctx context.Context, requestID string, params map[string]string) error {
	body, err := json.Marshal(map[string]any{
		"version": "1", "receivedAt": s.Clock().UTC().Format("2006-01-02T15:04:05.000Z"), "requestId": requestID, "params": params,
	})
	if err != nil {
		return fmt.Errorf("encode a call: %w", err)
	}

	id, err := s.Queue.Send(ctx, body)
	if err != nil {
		return fmt.Errorf("enqueue a call: %w", err)
	}

	s.log.Info("call", "requestId", requestID, "action", params["action"], "messageId", id)
	return nil
}

func (s *SPI) unavailable(requestID string, err error) Answer {
	s.log.Error("call", "requestId", requestID, "error", err.Error())
	return failed(http.StatusServiceUnavailable, "The call could not be taken now.")
}
