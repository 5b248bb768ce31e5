package api

import (
	"fmt"

	"aegis/shared/operations"
	"aegis/shared/pop"
	"aegis/shared/sale"
)

// CommandOf returns the command of an operation and its parameters, as a token's row
// has them.
func CommandOf(operation sale.Operation, parameters map[string]string) (sale.Command, error) {
	parsers := map[sale.Operation]func(*parser) sale.Command{
		sale.CreateInstance: parseCreate, sale.UpgradeInstance: parseUpgrade, sale.RenewInstance: parseRenew,
		sale.ReleaseInstance: parseRelease, sale.SetRenewal: parseSetRenewal,
	}
	parse, ok := parsers[operation]
	if !ok {
		return nil, fmt.Errorf("no caller asks for %s", operation)
	}

	table, ok := operations.Find(string(operation))
	if !ok {
		return nil, fmt.Errorf("no table has %s", operation)
	}
	p := &parser{table: table}
	for name, value := range parameters {
		p.params = append(p.params, pop.Param{Name: name, Value: value})
	}

	command := parse(p)
	return command, p.err
}
