package ledger

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/oklog/ulid/v2"

	"aegis/shared/sale"
	"aegis/shared/store"
	"aegis/shared/tokenrow"
)

// Sell makes the purchase that the token stands for, or returns its receipt again. A
// nil Precheck passes.
//
// After a *sale.Refusal, a *sale.Mismatch, sale.ErrNoAccount or sale.ErrConflict
// nothing was sold. After sale.ErrUnavailable the outcome is not known yet: send the
// same call again. After an error of the Precheck nothing was sold by this call.
func (l *Ledger) Sell(ctx context.Context, p sale.Purchase, precheck store.Precheck) (sale.Receipt, error) {
	receipt, err := (&sell{Ledger: l, Purchase: p, precheck: precheck, keys: keysOf(p.Owner), ambiguousRev: none}).run(ctx)
	if err != nil {
		return sale.Receipt{}, p.Failed(err)
	}
	return receipt, nil
}

// sell is the state of one call of Sell.
type sell struct {
	*Ledger
	sale.Purchase
	precheck     store.Precheck // nil passes
	keys         keys           // of the owner's rows
	ambiguousRev revision       // a write under this revision has an unknown outcome
	lastErr      error          // why the last try has to be repeated
}

const none revision = -1

// state is the result of step 1.
type state struct {
	token   store.Row
	account sale.Account
	rev     revision
	stored  store.Columns // of the account's row, which account was read from
	refused []string      // the account's list
}

// stateOf reads the rows of a token and of an account that exists.
func stateOf(owner string, token, row store.Row) (state, error) {
	account, rev, err := readAccount(owner, row)
	return state{token: token, account: account, rev: rev, stored: row.Columns, refused: refusedTokens(row)}, err
}

// closed reports whether the account takes no more sales: see Close.
func (s state) closed() bool { return s.stored.Bool(colClosed) }

func (s state) lists(token string) bool {
	return len(s.refused) > 0 && slices.Contains(s.refused, refusedHash(token))
}

// listsAny reports whether a token that a decision sells is on the list.
func (s state) listsAny(token string, d sale.Decision) bool {
	return s.lists(token) || slices.ContainsFunc(d.Earlier, func(step sale.Step) bool { return s.lists(step.Token) })
}

// errAgain means that the try decided nothing: read and decide again.
var errAgain = errors.New("try again")

func (c *sell) run(ctx context.Context) (sale.Receipt, error) {
	precheck := c.precheck
	for try := 1; ; try++ {
		s, err := c.read(ctx, precheck)
		if err != nil {
			return sale.Receipt{}, c.certain(err)
		}
		receipt, err := c.resolve(ctx, s)
		if !errors.Is(err, errAgain) {
			return receipt, c.certain(err)
		}
		if try == c.tries {
			return c.exhausted(ctx)
		}
		if err := c.pause(ctx, try); err != nil {
			return sale.Receipt{}, err
		}
		precheck = nil // it has passed
	}
}

// certain returns the error of a call whose writes are all known to have failed or to
// be fenced. After a write with an unknown outcome, only a refusal and a mismatch are
// certain; any other error leaves open whether the call was sold.
func (c *sell) certain(err error) error {
	_, refused := errors.AsType[*sale.Refusal](err)
	_, mismatch := errors.AsType[*sale.Mismatch](err)
	if err == nil || c.ambiguousRev == none || refused || mismatch || errors.Is(err, sale.ErrUnavailable) {
		return err
	}
	return sale.Unavailable(err)
}

// read does step 1: it reads the token and the account.
func (c *sell) read(ctx context.Context, precheck store.Precheck) (state, error) {
	rows, err := c.readChecked(ctx, precheck, c.keys.token(c.Token), c.keys.account())
	if err != nil {
		return state{}, err
	}

	if !rows[1].Exists() {
		return state{}, sale.ErrNoAccount
	}

	return stateOf(c.Owner, rows[0], rows[1])
}

// resolve decides the call on what was read, or returns errAgain.
func (c *sell) resolve(ctx context.Context, s state) (sale.Receipt, error) {
	if tokenrow.Taken(s.token) {
		return replay(s.token, c.Command)
	}
	if s.closed() {
		return sale.Receipt{}, sale.Unavailable(errClosed)
	}
	at, err := c.decideContext(s.account)
	if err != nil {
		return sale.Receipt{}, err
	}
	decision, err := c.decide(ctx, s, at)
	if err != nil {
		return c.refuse(ctx, s, err)
	}
	if c.DryRun {
		return sale.Receipt{}, sale.Passed() // it says nothing about the token, so it is not fenced
	}

	if s.listsAny(c.Token, decision) {
		if s, err = c.unlist(ctx, s, decision); err != nil {
			return sale.Receipt{}, err
		}
	}
	return c.commit(ctx, s, decision)
}

// decideContext returns the time and the ids of a decision. The time is truncated to
// the millisecond in which it is stored, so that later reads see what was decided on.
// An account that has an instance needs no id for another.
func (c *sell) decideContext(a sale.Account) (at sale.DecideContext, err error) {
	at.Now = c.clock().Truncate(time.Millisecond)
	if _, ok := c.Command.(interface{ ReplacesInstance() }); ok && a.Instance != nil {
		if at.EarlierID, err = c.drawID(at.Now, "an order"); err != nil {
			return at, err
		}
	}
	if at.OrderID, err = c.drawID(at.Now, "an order"); err != nil || a.Instance != nil {
		if at.OrderID < at.EarlierID { // so that they are listed as they were made
			at.OrderID, at.EarlierID = at.EarlierID, at.OrderID
		}
		return at, err
	}

	instance, err := c.drawID(at.Now, "an instance")
	at.InstanceID = instancePrefix + strings.ToLower(instance)
	return at, err
}

// instancePrefix starts the ids of the instances that are made here. The marketplace's
// ids never start with it (package marketplace, reader.id).
const instancePrefix = "aegis-"

func (c *sell) drawID(now time.Time, of string) (string, error) {
	id, err := ulid.New(ulid.Timestamp(now), c.random)
	if err != nil {
		return "", fmt.Errorf("draw an id of %s: %w", of, err)
	}
	return id.String(), nil
}

// refuse makes a refusal definite and returns it: see the package comment. A refusal of
// form says nothing about earlier calls and needs no write.
func (c *sell) refuse(ctx context.Context, s state, refusal error) (sale.Receipt, error) {
	r, ok := errors.AsType[*sale.Refusal](refusal)
	switch {
	case !ok || r.OfForm() || s.lists(c.Token):
		return sale.Receipt{}, refusal
	case r.Code == sale.NotApplicable && !answersAsDone(c.Command):
		return c.soAlready(ctx, refusal)
	}

	err := c.store.Commit(ctx,
		c.listChange(s, addRefused(s.refused, c.Token)),
		tokenrow.Refuse(s.token, c.keys.token(c.Token)),
	)
	if err != nil {
		return sale.Receipt{}, c.failed(s, err)
	}
	return sale.Receipt{}, refusal
}

// answersAsDone reports whether callers get NotApplicable for a command as success. An
// earlier call with other parameters must then not be applied later.
func answersAsDone(c sale.Command) bool {
	return c.Operation() == sale.SetRenewal || c.Operation() == sale.SetMachineNumber
}

// soAlready ends a call that has nothing to do. It reads the token once more, because a
// parallel call with the same token may have made it so; the answer is then its order.
// Timer, marketplace and operators do not report this refusal as a result, so it is not
// fenced.
func (c *sell) soAlready(ctx context.Context, refusal error) (sale.Receipt, error) {
	rows, err := c.readChecked(ctx, nil, c.keys.token(c.Token))
	if err != nil {
		return sale.Receipt{}, err
	}
	if tokenrow.Taken(rows[0]) {
		return replay(rows[0], c.Command)
	}
	return sale.Receipt{}, refusal
}

// unlist removes the tokens that a decision sells from the account's list of refusals.
// The commit is then decided at a revision at which no call with these tokens can be
// refused without a write.
func (c *sell) unlist(ctx context.Context, s state, d sale.Decision) (state, error) {
	shorter := removeRefused(s.refused, c.Token)
	for _, step := range d.Earlier {
		shorter = removeRefused(shorter, step.Token)
	}

	if err := c.store.Commit(ctx, c.listChange(s, shorter)); err != nil {
		return s, c.failed(s, err)
	}

	s.refused = shorter
	s.rev++
	return s, nil
}

// listChange returns the change that moves the account's rev and sets its list of
// refusals. Nothing that was decided on the account as it was read can be committed
// after it, neither by this call nor by one that has ended.
func (c *sell) listChange(s state, list []string) store.Change {
	next := store.Columns{store.Int(colRev, s.rev+1), refusedColumn(list)}
	return store.Update(c.keys.account(), next, colRev, int64(s.rev))
}

// commit does step 2: it commits the account, the orders and their tokens.
func (c *sell) commit(ctx context.Context, s state, d sale.Decision) (sale.Receipt, error) {
	changes := c.accountChanges(c.keys, s, d.Account)
	for _, step := range d.Earlier {
		rows, err := c.readChecked(ctx, nil, c.keys.token(step.Token)) // which may have been refused before
		if err != nil {
			return sale.Receipt{}, err
		}
		changes = append(changes, c.orderChanges(s.rev+1, step, rows[0])...)
	}

	sold := sale.Step{Order: d.Order, Token: c.Token, Command: c.Command}
	changes = append(changes, c.orderChanges(s.rev+1, sold, s.token)...)
	if err := c.store.Commit(ctx, changes...); err != nil {
		return sale.Receipt{}, c.failed(s, err)
	}

	return sale.Receipt{OrderID: d.Order.ID, InstanceID: d.Order.InstanceID, Charged: d.Order.Amount}, nil
}

// orderChanges returns the changes that insert an order and sell its token. token is
// the token's row as it was read.
func (c *sell) orderChanges(rev revision, s sale.Step, token store.Row) []store.Change {
	return []store.Change{
		store.Insert(c.keys.order(s.Order.ID), orderColumns(s.Order, rev, s.Token, c.Caller)),
		tokenrow.Claim(token, c.keys.token(s.Token), tokenColumns(s.Command, s.Order)),
	}
}

// failed records what a failed write leaves open, and returns errAgain if the call may
// try again.
func (c *sell) failed(s state, err error) error {
	switch {
	case errors.Is(err, store.ErrUnknown):
		c.ambiguousRev = s.rev
	case errors.Is(err, store.ErrCondition), errors.Is(err, store.ErrNotApplied):
	default:
		return err
	}

	c.lastErr = err
	return errAgain
}

// exhausted ends a call that has used all its tries. It reads the token once more, so
// that a write that was applied but reported as a failed condition is not called a
// conflict. It returns ErrConflict only if every write is known to have failed.
func (c *sell) exhausted(ctx context.Context) (sale.Receipt, error) {
	rows, err := c.readChecked(ctx, nil, c.keys.token(c.Token))
	if err != nil {
		return sale.Receipt{}, err
	}

	if tokenrow.Taken(rows[0]) {
		return replay(rows[0], c.Command)
	}
	if c.ambiguousRev != none || !errors.Is(c.lastErr, store.ErrCondition) {
		return sale.Receipt{}, sale.Unavailable(c.lastErr)
	}
	return sale.Receipt{}, sale.ErrConflict
}
