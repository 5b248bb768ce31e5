package market

import (
	"context"
	"errors"

	"aegis/shared/ledger"
)

// Retry handles a dead letter once more and removes it if it is done now. A
// *Reject tells why it is still dead, and is noted as its reason.
func (d *Desk) Retry(ctx context.Context, id string) (ledger.Receipt, error) {
	letter, err := d.letters.Find(ctx, id)
	if err != nil {
		return ledger.Receipt{}, err
	}
	if letter.Cut > 0 {
		return ledger.Receipt{}, reject("Only the beginning of the message is kept.")
	}
	b := &batch{Desk: d}
	w := work{Message: letter.Message}
	w.order, w.err = d.Read(w.Message)
	receipt, err := b.settle(ctx, w)
	var dead *Reject
	if errors.As(err, &dead) {
		return receipt, errors.Join(err, d.letters.Park(ctx, letter.Message, 1, dead.Reason))
	}
	if err != nil {
		return receipt, err
	}
	return receipt, d.letters.Discard(ctx, id)
}

// Letters are the dead letters.
func (d *Desk) Letters() *Letters { return d.letters }
