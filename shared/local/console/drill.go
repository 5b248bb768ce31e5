package console

import (
	"context"
	"encoding/json"
	"net/http"
	"slices"

	"aegis/shared/local/tablestore"
	"aegis/shared/pop"
	"aegis/shared/sale"
)

// drillStep is a request that a purchase makes of the store.
type drillStep struct {
	Name      string `json:"name"`
	Operation string `json:"operation"`
	Table     string `json:"table"`
}

func drillSteps() []drillStep {
	return []drillStep{{"read", "BatchGetRow", "sales"}, {"nonce", "", "nonces"}, {"commit", "BatchWriteRow", "sales"}}
}

// drillEffects are the faults that strike a request, those before its work first.
func drillEffects() []tablestore.Effect {
	return []tablestore.Effect{tablestore.DropBefore, tablestore.Busy, tablestore.Conflict, tablestore.DropAfter, tablestore.HalfAfter, tablestore.TimeoutAfter}
}

// drill is one cell of the crash matrix: a purchase that a fault strikes, and its retry.
type drill struct {
	Step   string            `json:"step"`
	Effect tablestore.Effect `json:"effect"`
	Times  int               `json:"times"` // how often the fault strikes at most; 1: the SDK's retry passes
	Owner  string            `json:"owner"`
	Token  string            `json:"token"`
	Key    string            `json:"key"`
}

// verdictOfDrill is what became of it.
type verdictOfDrill struct {
	Met      int      `json:"met"` // how often the fault struck
	First    outcome  `json:"first"`
	Second   outcome  `json:"second"` // the same token again, without the fault
	OrderID  string   `json:"orderId"`
	Orders   int      `json:"orders"`  // of the token
	Charged  int64    `json:"charged"` // by which the balance is less
	Amount   int64    `json:"amount"`  // of the order
	Findings []string `json:"findings"`
	Right    bool     `json:"right"` // one order, one charge, and the books hold
}

// maxStrikes bounds how often a fault strikes: more than the SDK tries.
const maxStrikes = 50

// drill buys under a fault, clears it, calls again with the same token, and judges.
func (s *console) drill(r *http.Request) (any, error) {
	var d drill
	if err := decode(r, &d); err != nil {
		return nil, err
	}
	rule, err := s.ruleOf(d)
	if err != nil {
		return nil, err
	}
	before, err := s.Ledger.Account(r.Context(), d.Owner)
	if err != nil {
		return nil, notFound("no-account", d.Owner)
	}

	purchase := d.purchase(before)
	var v verdictOfDrill
	if err := s.strike(r.Context(), rule, purchase, &v); err != nil {
		return nil, err
	}
	if v.Second, err = s.callOnce(r.Context(), purchase); err != nil {
		return nil, err
	}
	return v, s.judge(r.Context(), d, before, &v)
}

func (s *console) ruleOf(d drill) (tablestore.Fault, error) {
	at := slices.IndexFunc(drillSteps(), func(step drillStep) bool { return step.Name == d.Step })
	switch {
	case s.Faults == nil:
		return tablestore.Fault{}, conflict("no-faults", "")
	case s.Tokens.Resolve != nil:
		return tablestore.Fault{}, conflict("forwards", "")
	case len(s.Faults.List()) > 0:
		return tablestore.Fault{}, conflict("armed", "")
	case at < 0 || !slices.Contains(drillEffects(), d.Effect) || d.Times < 1 || d.Times > maxStrikes:
		return tablestore.Fault{}, invalid("fault", d.Step+" "+string(d.Effect))
	}
	step := drillSteps()[at]
	return tablestore.Fault{Operation: step.Operation, Table: step.Table, Times: d.Times, Effect: d.Effect}, nil
}

// strike sends the purchase while the fault is in force.
func (s *console) strike(ctx context.Context, rule tablestore.Fault, purchase call, v *verdictOfDrill) (err error) {
	if err := s.Faults.Add(rule); err != nil {
		return err
	}
	defer s.Faults.Clear()
	v.First, err = s.callOnce(ctx, purchase)
	for _, counted := range s.Faults.List() {
		v.Met += counted.Met
	}
	return err
}

func (s *console) callOnce(ctx context.Context, c call) (outcome, error) {
	signer, err := s.signer(ctx, c)
	if err != nil {
		return outcome{}, err
	}
	request, err := s.signWith(signer, c)
	if err != nil {
		return outcome{}, err
	}
	return s.sendAll(ctx, []signed{request}, false, maskFor(signer.AccessKeySecret, signer.SecurityToken))[0], nil
}

// purchase buys an instance, or renews the one that there is.
func (d drill) purchase(a sale.Account) call {
	c := call{Key: d.Key, Version: "v1", Operation: "CreateInstance", Parameters: pop.Params{
		param("OwnerId", d.Owner), param("ClientToken", d.Token), param("VmNumber", "5"), param("Duration", "1"),
	}}
	if a.Instance != nil {
		c.Operation = "RenewInstance"
		c.Parameters = append(c.Parameters, param("PricingCycle", "Day"), param("InstanceId", a.Instance.ID))
		return c
	}
	c.Parameters = append(c.Parameters, param("PricingCycle", "Month"), param("VersionCode", "1"))
	return c
}

// judge compares the account with what it was: one order of the token, charged once.
func (s *console) judge(ctx context.Context, d drill, before sale.Account, v *verdictOfDrill) error {
	after, err := s.Ledger.Account(ctx, d.Owner)
	if err != nil {
		return err
	}
	orders, _, err := s.orders(ctx, d.Owner)
	if err != nil {
		return err
	}
	if v.Findings, err = s.findings(ctx, d.Owner); err != nil {
		return err
	}

	for _, o := range orders {
		if o.Token == d.Token {
			v.Orders++
			v.Amount += o.Amount
		}
	}
	v.OrderID, v.Charged = orderIn(v.Second), int64(before.Balance-after.Balance)
	first := orderIn(v.First)
	v.Right = v.Met > 0 && v.OrderID != "" && (first == "" || first == v.OrderID) && v.Orders == 1 && v.Charged == v.Amount && v.Amount > 0 && len(v.Findings) == 0
	return nil
}

func orderIn(o outcome) string {
	var answer struct{ OrderId string }
	if json.Unmarshal([]byte(o.Body), &answer) != nil {
		return ""
	}
	return answer.OrderId
}
