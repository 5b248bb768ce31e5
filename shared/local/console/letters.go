package console

import (
	"context"
	"errors"
	"net/http"
	"time"

	"aegis/shared/marketplace"
	"aegis/shared/sale"
)

// letter is a dead letter.
type letter struct {
	ID       string    `json:"id"`
	State    string    `json:"state"`
	Action   string    `json:"action"`
	Instance string    `json:"instance"`
	Owner    string    `json:"owner"`
	Reason   string    `json:"reason"`
	Attempts int       `json:"attempts"`
	First    time.Time `json:"first"`
	Last     time.Time `json:"last"`
	Message  string    `json:"message"`
	DoneBy   string    `json:"doneBy"` // the order that did it since; "": none
}

// shownLetters is a page of the list.
const shownLetters = 100

// listLetters answers a page of the dead letters, by their ids.
func (s *console) listLetters(r *http.Request) (any, error) {
	orders, err := s.Market.Orders()
	if err != nil {
		return nil, err
	}
	all, next, err := s.Market.Letters.List(r.Context(), r.URL.Query().Get("start"), shownLetters)
	if err != nil {
		return nil, err
	}

	shown := make([]letter, 0, len(all))
	for _, l := range all {
		done, err := orders.DoneSince(r.Context(), l)
		if err != nil {
			return nil, err
		}
		shown = append(shown, letter{
			l.ID, string(l.State), l.Action, l.InstanceID, l.Owner, l.Reason, l.Attempts, l.First, l.Last, readable([]byte(l.Shown())), done,
		})
	}
	return map[string]any{"letters": shown, "next": next}, nil
}

// settled is what became of a letter.
type settled struct {
	OrderID string `json:"orderId"` // "": it was discarded, or it still waits
	State   string `json:"state"`   // done, discarded, dead or held
	Reason  string `json:"reason"`  // why it still waits
}

// settleLetter retries, confirms or discards a letter, as admin deadletter does, and
// enters it in the audit log.
func (s *console) settleLetter(r *http.Request) (any, error) {
	id, what := r.PathValue("id"), r.PathValue("what")
	do, known := map[string]func(context.Context, string) (sale.Receipt, error){
		"retry": s.retryLetter(false), "confirm": s.retryLetter(true), "discard": s.discardLetter,
	}[what]
	if !known {
		return nil, notFound("no-change", what)
	}

	var receipt sale.Receipt
	err := s.changed(r.Context(), "deadletter "+what, "letter "+id, func() (err error) {
		receipt, err = do(r.Context(), id)
		return err
	})
	if errors.Is(err, marketplace.ErrNoLetter) {
		return nil, notFound("no-letter", id)
	}
	return outcomeOfLetter(what, receipt, err)
}

func outcomeOfLetter(what string, receipt sale.Receipt, err error) (settled, error) {
	if held, ok := errors.AsType[*marketplace.HeldError](err); ok {
		return settled{State: "held", Reason: held.Reason}, nil
	}
	if dead, ok := errors.AsType[*marketplace.PermanentError](err); ok {
		return settled{State: "dead", Reason: dead.Reason}, nil
	}
	if what == "discard" {
		return settled{State: "discarded"}, err
	}
	return settled{State: "done", OrderID: receipt.OrderID}, err
}

func (s *console) retryLetter(confirmed bool) func(context.Context, string) (sale.Receipt, error) {
	return func(ctx context.Context, id string) (sale.Receipt, error) {
		orders, err := s.Market.Orders()
		if err != nil {
			return sale.Receipt{}, err
		}
		return orders.Retry(ctx, id, confirmed)
	}
}

func (s *console) discardLetter(ctx context.Context, id string) (sale.Receipt, error) {
	return sale.Receipt{}, s.Market.Letters.Discard(ctx, id)
}
