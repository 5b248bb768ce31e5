package sale

// Limits are what a call demands of a sale beyond its rules. They are no part of the
// purchase: a repeated call may have others, and a token that has been sold is answered
// with its order whatever they are.
type Limits struct {
	MaxAmount *Fen // the most that the order may charge; nil: any amount
	DryRun    bool // decide, and sell nothing
}

// Decide applies the command's rules and then MaxAmount. It ignores DryRun.
func (p Purchase) Decide(c Catalogue, a Account, at DecideContext) (Decision, error) {
	d, err := p.Command.Decide(c, a, at)
	if err != nil {
		return Decision{}, err
	}
	if p.MaxAmount != nil && d.Order.Amount > *p.MaxAmount {
		return Decision{}, refuse(AmountExceeded, "It costs %s CNY and MaxAmount is %s CNY.", d.Order.Amount, *p.MaxAmount)
	}
	return d, nil
}

// CheckForwarded refuses limits that only the seller itself can keep: an endpoint that
// does not know them would ignore them and sell.
func (l Limits) CheckForwarded() error {
	switch {
	case l.DryRun:
		return outOfRange("DryRun", "It cannot be forwarded: the endpoint would sell.")
	case l.MaxAmount != nil:
		return outOfRange("MaxAmount", "It cannot be forwarded: the endpoint sets the price.")
	}
	return nil
}

// Passed returns the outcome of a dry run that would have sold.
func Passed() error { return &Refusal{Code: DryRunPassed} }
