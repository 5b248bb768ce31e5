package api

import (
	"context"

	"aegis/shared/access"
)

// authorise identifies the caller and the owner that the call acts for, or refuses.
func (s *Service) authorise(ctx context.Context, c *activeCall) error {
	if err := c.CheckTime(s.clock()); err != nil {
		return err
	}

	request := access.Request{
		KeyID: c.AccessKeyID, SecurityToken: c.SecurityToken, Nonce: c.Nonce, RequestID: c.requestID,
		Signature: c.Call,
	}
	request.Owner, request.OwnerErr = ownerID(c.Params)
	if c.operation.Granted {
		request.Operation = c.operation.Action
	}

	caller, err := s.access.Authorize(ctx, request)
	if err != nil {
		return err
	}
	c.owner = caller.Owner
	c.precheck = caller
	return nil
}
