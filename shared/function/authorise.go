package function

import (
	"context"
	"crypto/subtle"
	"errors"

	"aegis/shared/access"
	"aegis/shared/pop"
)

// authorise finds out who is calling and for whom, or refuses. It sets the
// call's owner, and its admission by nonce, which runs later beside the first
// read of the operation.
func (s *Service) authorise(ctx context.Context, c *call) error {
	p := &parser{params: c.Params}
	named := p.ownerID()
	if p.err != nil {
		named = "" // told below: first the signature
	}
	if err := c.CheckTime(s.clock()); err != nil {
		return err
	}
	caller, err := s.access.Find(ctx, c.AccessKeyID, named)
	if errors.Is(err, access.ErrNoKey) {
		return c.VerifyUnknown()
	}
	if err != nil {
		return err
	}
	if err := s.verify(c, caller.Key); err != nil {
		return err
	}
	if p.err != nil {
		return p.err
	}
	if c.operation.Granted {
		if err := caller.Granted(c.operation.Action); err != nil {
			return err
		}
	}
	owner, sure, err := caller.ActsFor()
	if err != nil {
		return err
	}
	c.owner = owner
	c.admit = func(ctx context.Context) error { return s.admit(ctx, c, caller, sure) }
	return nil
}

// admit records the nonce and, of a reseller's owner not seen lately, reads the
// grant: both at once, since both run beside the operation's own first read.
func (s *Service) admit(ctx context.Context, c *call, caller access.Caller, sure bool) error {
	granted := make(chan error, 1)
	if sure {
		granted <- nil
	} else {
		go func() { granted <- s.access.Confirm(ctx, caller) }()
	}
	used := s.access.UseNonce(ctx, c.AccessKeyID, c.Nonce, c.requestID)
	if err := <-granted; err != nil {
		return err
	}
	return used
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
