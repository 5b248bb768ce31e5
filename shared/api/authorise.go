package api

import (
	"context"
	"strings"

	"aegis/shared/access"
	"aegis/shared/sale"
)

// authorise identifies the caller and the owner that the call acts for, or refuses.
func (s *Service) authorise(ctx context.Context, c *activeCall) error {
	if err := c.CheckTime(s.clock()); err != nil {
		return err
	}

	c.AcceptHosts(s.hosts)
	request := access.Request{
		KeyID: c.AccessKeyID, SecurityToken: c.SecurityToken, Nonce: c.Nonce, RequestID: c.requestID,
		Signature: c.Call, Source: c.source,
		Operation: c.operation.Action, ByName: c.operation.Granted, Reads: c.operation.reads(),
	}
	request.Owner, request.OwnerErr = ownerID(c.Params)

	caller, err := s.access.Authorize(ctx, request)
	if err != nil {
		return err
	}
	c.owner = caller.Owner
	if caller.Ceiling != 0 {
		c.budget = budget{caller}
	}
	c.precheck = caller
	return nil
}

// budget is the sale.Budget of a caller.
type budget struct{ caller *access.Caller }

// Allow implements sale.Budget.
func (b budget) Allow(ctx context.Context, owner string, day int64, least sale.Fen, dryRun bool) (int64, sale.Fen, error) {
	leased, err := b.caller.Allow(ctx, owner, access.Lease{Day: day, Fen: int64(least)}, dryRun)
	if err != nil {
		return 0, 0, sale.Unavailable(err)
	}
	return leased.Day, sale.Fen(leased.Fen), nil
}

// reads reports whether an operation changes nothing, by the first word of its name, as
// all APIs of Alibaba Cloud are named. Other names count as changes.
func (o Operation) reads() bool {
	return strings.HasPrefix(o.Action, "Get") || strings.HasPrefix(o.Action, "Query") || strings.HasPrefix(o.Action, "Describe")
}
