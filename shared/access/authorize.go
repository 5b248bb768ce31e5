package access

import (
	"context"
	"errors"
	"net/netip"

	"aegis/shared/store"
)

// Request is what a call says about its caller.
type Request struct {
	KeyID         string
	SecurityToken string
	Nonce         string
	RequestID     string
	Operation     string
	ByName        bool       // the operation must be granted to the key by name
	Reads         bool       // the operation changes nothing
	Source        netip.Addr // of the client; the zero Addr if it is not known
	Owner         string     // the OwnerId of the call; "" if it has none
	OwnerErr      error      // why the OwnerId cannot be read; returned once the key is accepted

	Signature Signature
}

// Signature verifies a request's signature. A *pop.Call is one.
type Signature interface {
	// Verify returns an error if the request was not signed with the secret.
	Verify(secret string) error
	// VerifyUnknown returns the error for a key that does not exist, after the work
	// that Verify does for one that does.
	VerifyUnknown() error
}

// Caller is who makes a call and for which owner.
//
// It is the store.Precheck of the call's operation: Record uses up the nonce, and a
// caller whose key came from the cache is compared with the stored rows by Check. What
// the caller may do holds only once both have passed.
type Caller struct {
	KeyID string
	Owner string // for whom the call acts
	// Ceiling is how many fen the key may spend on one day, from all accounts; 0: any
	// amount. Allow says how many of them from one account.
	Ceiling int64

	registry *Registry
	reseller bool
	request  Request
	entry    *cached // the key, if it came from the cache
}

// Authorize returns who makes a call and for which owner, if the key may make it.
//
// The signature is verified first, so that nobody learns of a key's state who does not
// hold its secret. Other errors than the Signature's and OwnerErr: ErrDisabled,
// ErrSecurityToken, ErrExpired, ErrLimited, ErrNotGranted, ErrForbidden or ErrNoOwner, ErrUnavailable,
// ErrWrongMasterKey, or that of a secret that cannot be opened.
func (r *Registry) Authorize(ctx context.Context, q Request) (*Caller, error) {
	if err := r.ready(ctx); err != nil {
		return nil, err
	}
	if entry, ok := r.cacheGet(q.KeyID); ok {
		owner, err := r.decide(q, entry.key, true) // a grant holds once Check agrees
		switch {
		case err == nil:
			return r.caller(q, owner, entry.key, &entry), nil
		case q.OwnerErr != nil && errors.Is(err, q.OwnerErr):
			return nil, err
		}
	}

	// A call that the cached key refuses may be accepted by the stored one.
	rows, err := r.readStored(ctx, q)
	if err != nil {
		return nil, err
	}
	owner, key, err := r.decideStored(q, rows, nil)
	if err != nil {
		return nil, err
	}
	return r.caller(q, owner, key, nil), nil
}

func (r *Registry) caller(q Request, owner string, k Key, entry *cached) *Caller {
	return &Caller{
		KeyID: q.KeyID, Owner: owner, Ceiling: k.Limits.DailyFen,
		registry: r, reseller: k.Reseller, request: q, entry: entry,
	}
}

// readStored reads the rows of a request, and with the first of them the canary of the
// master key.
func (r *Registry) readStored(ctx context.Context, q Request) ([]store.Row, error) {
	r.mu.Lock()
	checked := r.checked
	r.mu.Unlock()
	if checked {
		rows, err := r.store.Read(ctx, q.rows()...)
		if err != nil {
			return nil, findError(q.KeyID, err)
		}
		return rows, nil
	}

	rows, err := r.store.Read(ctx, append(q.rows(), canaryRow())...)
	if err != nil {
		return nil, findError(q.KeyID, err)
	}
	if err := r.checkCanary(rows[2]); err != nil {
		return nil, err
	}
	r.mu.Lock()
	r.checked = true
	r.mu.Unlock()
	return rows, nil
}

// Keys implements store.Precheck.
func (c *Caller) Keys() []store.Key {
	if c.entry == nil {
		return nil
	}
	return c.request.rows()
}

// Check implements store.Precheck: it decides again on the key as it is stored.
func (c *Caller) Check(rows []store.Row) error {
	if c.entry == nil {
		return nil
	}
	_, key, err := c.registry.decideStored(c.request, rows, c.entry)
	if err == nil && (key.Limits.DailyFen != c.Ceiling || key.Reseller != c.reseller) {
		return unavailable(errors.New("the key's ceiling was changed meanwhile")) // the next try has the new one
	}
	return err
}

// Record implements store.Precheck: it uses up the nonce.
func (c *Caller) Record(ctx context.Context) error {
	return c.registry.UseNonce(ctx, c.KeyID, c.request.Nonce, c.request.RequestID)
}

// rows returns the keys of the rows that a decision needs: the access key's, and its
// grant for the owner that the call names.
func (q Request) rows() []store.Key {
	return []store.Key{keyRow(q.KeyID), grantRow(q.KeyID, q.Owner)}
}

// decideStored decides on the rows of a request, and returns the key. known is the
// cached key that the signature has been verified with, nil if there is none.
func (r *Registry) decideStored(q Request, rows []store.Row, known *cached) (owner string, k Key, err error) {
	entry, err := r.open(q.KeyID, rows[0], known)
	if errors.Is(err, ErrNoKey) {
		return "", Key{}, q.Signature.VerifyUnknown()
	}
	if err != nil {
		return "", Key{}, err
	}

	granted := rows[1].Exists()
	if known != nil && entry.sameAs(*known) {
		owner, err = permit(q, entry.key, granted)
	} else {
		owner, err = r.decide(q, entry.key, granted)
	}
	return owner, entry.key, err
}

// decide returns the owner that a call acts for, if the key may make the call.
func (r *Registry) decide(q Request, k Key, granted bool) (owner string, err error) {
	if err := k.verify(q.Signature, r.clock()); err != nil {
		return "", err
	}
	if err := k.usable(q.SecurityToken, r.clock()); err != nil {
		return "", err
	}
	if q.OwnerErr != nil {
		return "", q.OwnerErr
	}
	return permit(q, k, granted)
}

// permit does what decide does for a key whose signature has been verified.
func permit(q Request, k Key, granted bool) (owner string, err error) {
	if err := k.mayCall(q); err != nil {
		return "", err
	}
	return k.resolveOwner(q.Owner, granted)
}
