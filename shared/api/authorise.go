package api

import (
	"context"
	"crypto/subtle"
	"errors"

	"aegis/shared/access"
	"aegis/shared/ledger"
	"aegis/shared/pop"
	"aegis/shared/store"
)

// authorise finds out who is calling and for whom, or refuses. It sets the call's
// owner and its admission, which runs with the first read of the operation.
func (s *Service) authorise(ctx context.Context, c *call) error {
	p := &parser{params: c.Params}
	named := p.ownerID()
	if p.err != nil {
		named = "" // reported below: first the signature
	}
	if err := c.CheckTime(s.clock()); err != nil {
		return err
	}
	caller, err := s.identify(ctx, c, named)
	if err != nil {
		return err
	}
	if p.err != nil {
		return p.err
	}
	if c.owner, err = c.permit(caller); err != nil {
		return err
	}
	c.admit = s.admission(c, caller)
	return nil
}

// identify finds the key that signed the call. What a cached key refuses it may not
// refuse as it is stored: its secret, its state or its grants may have changed since.
func (s *Service) identify(ctx context.Context, c *call, named string) (access.Caller, error) {
	caller, err := s.access.Find(ctx, c.AccessKeyID, named)
	if err == nil && caller.Cached && !s.accepts(c, caller) {
		caller, err = s.access.Read(ctx, c.AccessKeyID, named)
	}
	if errors.Is(err, access.ErrNoKey) {
		return access.Caller{}, c.VerifyUnknown()
	}
	if err != nil {
		return access.Caller{}, err
	}
	return caller, s.verify(c, caller.Key)
}

// accepts reports whether a key's signature fits and it may make the call.
func (s *Service) accepts(c *call, caller access.Caller) bool {
	if s.verify(c, caller.Key) != nil {
		return false
	}
	_, err := c.permit(caller)
	return err == nil
}

// permit returns the owner that the caller acts for, if it may call the operation.
func (c *call) permit(caller access.Caller) (owner string, err error) {
	if c.operation.Granted {
		if err := caller.Granted(c.operation.Action); err != nil {
			return "", err
		}
	}
	return caller.ResolveOwner()
}

// admission records the nonce and, of a cached key, compares it with its rows, both
// with the operation's first read.
func (s *Service) admission(c *call, caller access.Caller) *ledger.Admission {
	a := &ledger.Admission{Beside: func(ctx context.Context) error {
		return s.access.UseNonce(ctx, c.AccessKeyID, c.Nonce, c.requestID)
	}}
	if caller.Cached {
		a.Keys = caller.Rows()
		a.Check = func(rows []store.Row) error { return s.recheck(c, caller, rows) }
	}
	return a
}

// recheck decides again on the caller as it is stored.
func (s *Service) recheck(c *call, caller access.Caller, rows []store.Row) error {
	fresh, err := s.access.Refresh(caller, rows)
	if errors.Is(err, access.ErrNoKey) {
		return c.VerifyUnknown()
	}
	if err != nil {
		return err
	}
	if !fresh.SameKey(caller) {
		if err := s.verify(c, fresh.Key); err != nil {
			return err
		}
	}
	_, err = c.permit(fresh)
	return err
}

// verify checks the signature first, so that nobody learns of a key's state who
// does not hold its secret.
func (s *Service) verify(c *call, k access.Key) error {
	if err := c.Verify(k.Secret); err != nil {
		return err
	}
	switch {
	case k.Disabled:
		return pop.InvalidAccessKeyIDInactive()
	case subtle.ConstantTimeCompare([]byte(c.SecurityToken), []byte(k.SecurityToken)) == 0:
		return pop.InvalidSecurityTokenMismatch()
	case !k.Expires.IsZero() && !s.clock().Before(k.Expires):
		return pop.InvalidSecurityTokenExpired()
	}
	return nil
}
