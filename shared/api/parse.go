package api

import (
	"strconv"
	"strings"

	"aegis/shared/pop"
	"aegis/shared/sale"
)

// parser reads parameters and keeps the first error, which names its parameter. An
// empty value counts as absent, because SDKs send optional parameters empty.
type parser struct {
	params pop.Params
	err    error
}

func (p *parser) fail(err error) {
	if p.err == nil {
		p.err = err
	}
}

func (p *parser) required(name string) string {
	value, _ := p.params.Get(name)
	if value == "" {
		p.fail(pop.MissingParameter(name))
	}
	return value
}

// number reads a required integer. Package sale checks its range.
func (p *parser) number(name string) int {
	value := p.required(name)
	if value == "" {
		return 0
	}
	return p.integer(name, value)
}

// optionalNumber reads an integer, 0 if it is absent.
func (p *parser) optionalNumber(name string) int {
	value, _ := p.params.Get(name)
	if value == "" {
		return 0
	}
	return p.integer(name, value)
}

func (p *parser) integer(name, value string) int {
	n, err := strconv.ParseInt(value, 10, 32)
	if err != nil || value[0] == '+' {
		p.fail(pop.InvalidParameter(name, "It must be an integer."))
	}
	return int(n)
}

// optionalBool reads a truth value, false if it is absent. SDKs send true, false, True
// and False.
func (p *parser) optionalBool(name string) bool {
	value, _ := p.params.Get(name)
	switch {
	case strings.EqualFold(value, "true"):
		return true
	case value != "" && !strings.EqualFold(value, "false"):
		p.fail(pop.InvalidParameter(name, "It must be true or false."))
	}
	return false
}

// clientToken reads a required ClientToken: 1 to 64 printable ASCII characters ("How to
// ensure idempotence", ECS API reference).
func (p *parser) clientToken() string {
	token := p.required("ClientToken")
	if len(token) > 64 || strings.ContainsFunc(token, func(r rune) bool { return r < ' ' || r > '~' }) {
		p.fail(pop.InvalidClientToken())
	}
	return token
}

func (p *parser) term() sale.Term {
	return sale.Term{Duration: p.number("Duration"), Cycle: sale.Cycle(p.required("PricingCycle"))}
}

// ownerID returns the account's number that a call names, "" if it names none.
func ownerID(params pop.Params) (string, error) {
	id, _ := params.Get("OwnerId")
	if id != "" && !sale.IsOwner(id) {
		return "", pop.InvalidOwnerID("It must be a number of 19 digits at most.")
	}
	return id, nil
}

func parseCreate(p *parser) sale.Command {
	return sale.Create{
		Term: p.term(), VersionCode: p.number("VersionCode"), VmNumber: p.number("VmNumber"),
		AutoRenew: p.optionalBool("IsAutoRenew"), AutoRenewMonths: p.optionalNumber("AutoRenewDuration"),
	}
}

func parseUpgrade(p *parser) sale.Command {
	return sale.Upgrade{
		InstanceID: p.required("InstanceId"), VersionCode: p.number("VersionCode"), VmNumber: p.number("VmNumber"),
	}
}

func parseRenew(p *parser) sale.Command {
	return sale.Renew{InstanceID: p.required("InstanceId"), Term: p.term(), VmNumber: p.number("VmNumber")}
}

// parseRelease reads the instance to release. Callers send no ClientToken
// (ReleaseInstance of the published SDKs), so the release of an instance is an order of
// its own.
func parseRelease(p *parser) sale.Command {
	return sale.Release{InstanceID: p.required("InstanceId"), Channel: sale.API}
}

func releaseToken(p *parser) string { return sale.ReleaseToken(p.required("InstanceId")) }

func parseSetRenewal(p *parser) sale.Command {
	r := sale.Renewal{InstanceID: p.oneInstance(), Status: sale.RenewalStatus(p.required("RenewalStatus")), Channel: sale.API}
	if r.Status != sale.AutoRenewal {
		return r
	}

	r.Period = p.number("RenewalPeriod")
	switch unit, _ := p.params.Get("RenewalPeriodUnit"); unit {
	case "", "M":
		r.Unit = sale.Month
	case "Y":
		r.Unit = sale.Year
	default:
		p.fail(pop.InvalidParameter("RenewalPeriodUnit", "It must be M or Y."))
	}

	return r
}

// oneInstance reads InstanceId, or InstanceIDs with one id, as BSS spells it.
func (p *parser) oneInstance() string {
	id, _ := p.params.Get("InstanceId")
	ids, _ := p.params.Get("InstanceIDs")

	switch {
	case id == "" && ids == "":
		p.fail(pop.MissingParameter("InstanceId"))
	case id == "":
		id = ids
	case ids != "" && ids != id:
		p.fail(pop.InvalidParameter("InstanceIDs", "It differs from InstanceId."))
	}

	if strings.Contains(id, ",") {
		p.fail(pop.InvalidParameter("InstanceIDs", "It must be one instance."))
	}
	return id
}

func parseSetMachineNumber(p *parser) sale.Command {
	return sale.SetMachines{MachineNumber: p.number("MachineNumber")}
}

func parseDeposit(p *parser) sale.Command {
	return sale.Deposit{Fen: p.amount("Amount"), Reference: p.required("Reference")}
}

// depositToken returns one token for each reference, whichever key sends it. A
// ClientToken is accepted and ignored.
func depositToken(p *parser) string { return sale.DepositToken(p.required("Reference")) }

func parseAdjust(p *parser) sale.Command {
	return sale.Adjust{Fen: p.amount("Amount"), Reason: p.required("Reason")}
}

// amount reads a required amount in CNY with at most two decimals.
func (p *parser) amount(name string) sale.Fen {
	value := p.required(name)
	if value == "" {
		return 0
	}

	fen, err := sale.ParseFen(value)
	if err != nil {
		p.fail(pop.InvalidParameter(name, "It must be an amount in CNY with at most two decimals, such as 1234.56."))
	}

	return fen
}

// optionalToken reads a ClientToken, "" if it is absent.
func optionalToken(p *parser) string {
	if token, _ := p.params.Get("ClientToken"); token == "" {
		return ""
	}
	return p.clientToken()
}
