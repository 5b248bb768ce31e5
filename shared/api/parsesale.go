package api

import (
	"strings"

	"aegis/shared/pop"
	"aegis/shared/sale"
)

func (p *parser) term() sale.Term {
	return sale.Term{Duration: p.requiredNumber("Duration"), Cycle: sale.Cycle(p.required("PricingCycle"))}
}

// limits reads MaxAmount and DryRun, where the table has them.
func (p *parser) limits() (l sale.Limits) {
	if _, ok := p.table.Parameter("MaxAmount"); ok {
		l.MaxAmount = p.amount("MaxAmount")
	}
	l.DryRun = p.truth("DryRun")
	return l
}

func parseCreate(p *parser) sale.Command {
	return sale.Create{
		Term: p.term(), VersionCode: p.number("VersionCode"), VmNumber: p.number("VmNumber"),
		AutoRenew: p.truth("IsAutoRenew"), AutoRenewMonths: p.number("AutoRenewDuration"),
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
	return sale.Release{InstanceID: p.text("InstanceId"), Channel: sale.API}
}

func releaseToken(p *parser) string { return sale.ReleaseToken(p.text("InstanceId")) }

func parseSetRenewal(p *parser) sale.Command {
	r := sale.Renewal{InstanceID: p.oneInstance(), Status: sale.RenewalStatus(p.text("RenewalStatus")), Channel: sale.API}
	if r.Status != sale.AutoRenewal {
		return r
	}

	r.Period = p.requiredNumber("RenewalPeriod")
	r.Unit = sale.Month
	if p.choice("RenewalPeriodUnit") == "Y" {
		r.Unit = sale.Year
	}
	return r
}

// oneInstance reads InstanceId, or InstanceIDs with one id, as BSS spells it.
func (p *parser) oneInstance() string {
	id, ids := p.text("InstanceId"), p.text("InstanceIDs")
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
	return sale.Deposit{Fen: p.requiredAmount("Amount"), Reference: p.text("Reference")}
}

// depositToken returns one token for each reference, whichever key sends it. A
// ClientToken is accepted and ignored.
func depositToken(p *parser) string { return sale.DepositToken(p.text("Reference")) }

func parseAdjust(p *parser) sale.Command {
	return sale.Adjust{Fen: p.requiredAmount("Amount"), Reason: p.text("Reason")}
}

// parsePriced reads the command that QueryPrice asks about.
func parsePriced(p *parser) sale.Command {
	switch p.choice("OrderType") {
	case "NewOrder":
		return sale.Create{Term: p.term(), VersionCode: p.requiredNumber("VersionCode"), VmNumber: p.number("VmNumber")}
	case "Renewal":
		return parseRenew(p)
	case "Upgrade":
		return sale.Upgrade{InstanceID: p.required("InstanceId"), VersionCode: p.requiredNumber("VersionCode"), VmNumber: p.number("VmNumber")}
	}
	return nil // choice has failed
}
