package api

import (
	"strconv"
	"strings"
	"time"

	"aegis/shared/operations"
	"aegis/shared/pop"
	"aegis/shared/sale"
)

// parser reads parameters by the table of operations and keeps the first error, which
// names its parameter. An empty value counts as absent, because SDKs send optional
// parameters empty.
type parser struct {
	table  operations.Operation
	params pop.Params
	err    error
}

func (p *parser) fail(err error) {
	if p.err == nil {
		p.err = err
	}
}

// entry returns a parameter's entry of the table.
func (p *parser) entry(name string) operations.Parameter {
	entry, ok := p.table.Parameter(name)
	if !ok {
		panic("parameter " + name + " of " + p.table.Name + " is not in the table") // a defect that any test finds
	}
	return entry
}

// invalid refuses a value with the table's text.
func (p *parser) invalid(entry operations.Parameter) {
	p.fail(pop.InvalidParameter(entry.Name, entry.Must()))
}

// text reads a parameter. It fails if the table requires it and it is absent.
func (p *parser) text(name string) string {
	if p.entry(name).Required {
		return p.required(name)
	}
	value, _ := p.params.Get(name)
	return value
}

// required reads a parameter that this call needs.
func (p *parser) required(name string) string {
	value, _ := p.params.Get(p.entry(name).Name)
	if value == "" {
		p.fail(pop.MissingParameter(name))
	}
	return value
}

// number reads an integer, 0 if it is absent. Package sale checks its range.
func (p *parser) number(name string) int {
	return p.integer(name, p.text(name))
}

// requiredNumber reads an integer that this call needs.
func (p *parser) requiredNumber(name string) int {
	return p.integer(name, p.required(name))
}

func (p *parser) integer(name, value string) int {
	if value == "" {
		return 0
	}
	n, err := strconv.ParseInt(value, 10, 32)
	if err != nil || value[0] == '+' {
		p.invalid(p.entry(name))
	}
	return int(n)
}

// ranged reads an integer of the table's range, or its default. It is for queries: a
// sale that was made once is answered again whatever the range is now.
func (p *parser) ranged(name string) int {
	entry := p.entry(name)
	value := p.text(name)
	if value == "" {
		value = entry.Default
	}

	n := p.integer(name, value)
	if int64(n) < entry.Min || int64(n) > entry.Max {
		p.invalid(entry)
	}
	return n
}

// choice reads one of the table's values, or its default. Like ranged, it is for what no
// order keeps.
func (p *parser) choice(name string) string {
	entry := p.entry(name)
	value := p.text(name)
	if value == "" {
		return entry.Default
	}

	for _, allowed := range entry.Values {
		if value == allowed {
			return value
		}
	}
	p.invalid(entry)
	return ""
}

// truth reads a truth value, false if it is absent. SDKs send true, false, True and
// False.
func (p *parser) truth(name string) bool {
	value := p.text(name)
	switch {
	case strings.EqualFold(value, "true"):
		return true
	case value != "" && !strings.EqualFold(value, "false"):
		p.invalid(p.entry(name))
	}
	return false
}

// amount reads an amount in CNY with at most two decimals, nil if it is absent.
func (p *parser) amount(name string) *sale.Fen {
	value := p.text(name)
	if value == "" {
		return nil
	}

	fen, err := sale.ParseFen(value)
	if err != nil {
		p.invalid(p.entry(name))
	}
	return &fen
}

// requiredAmount reads an amount that the table requires.
func (p *parser) requiredAmount(name string) sale.Fen {
	if fen := p.amount(name); fen != nil {
		return *fen
	}
	return 0
}

// moment reads a time in UTC, zero if it is absent.
func (p *parser) moment(name string) time.Time {
	value := p.text(name)
	if value == "" {
		return time.Time{}
	}

	t, err := time.Parse("2006-01-02T15:04:05Z", value)
	if err != nil {
		p.invalid(p.entry(name))
	}
	return t
}

// clientToken reads a ClientToken: 1 to 64 printable ASCII characters ("How to ensure
// idempotence", ECS API reference). It is "" if it is absent and the table does not
// require it.
func (p *parser) clientToken() string {
	token := p.text("ClientToken")
	if len(token) > p.entry("ClientToken").MaxBytes || strings.ContainsFunc(token, func(r rune) bool { return r < ' ' || r > '~' }) {
		p.fail(pop.InvalidClientToken())
	}
	return token
}

// ownerID returns the account's number that a call names, "" if it names none.
func ownerID(params pop.Params) (string, error) {
	id, _ := params.Get("OwnerId")
	if id != "" && !sale.IsOwner(id) {
		return "", pop.InvalidOwnerID("It must be a number of 19 digits at most.")
	}
	return id, nil
}
