package simulation

import (
	"time"

	"aegis/shared/sale"
)

// life draws what the timer and the marketplace ask for an owner: their orders
// come with tokens of their own through the same Sell, next to the callers'.
func (w *World) life(instance *sale.Instance) (token string, c sale.Command) {
	if instance == nil {
		return sale.DerivedToken("market", "create"), sale.MarketCreate{InstanceID: "biz-1", VersionCode: 4, VmNumber: 3, Term: sale.Term{Duration: 1, Cycle: sale.Month}}
	}

	id, expiry, change := instance.ID, instance.Period.End(), instance.Change
	months, refund := w.rng.IntN(3), w.rng.IntN(2) == 0
	ends := expiry.AddDate(0, months, 0)
	// One token is one command in a run, down to what is no parameter of it.
	byOperator := w.rates.land == 20
	release := sale.Release{InstanceID: id, Channel: sale.Timer, After: sale.DefaultReleaseAfter}
	if w.rates.fault < 15 && instance.Channel == sale.Market {
		release = sale.Release{InstanceID: id, Channel: sale.Market, Refund: true}
	}

	switch w.rng.IntN(9) {
	case 0, 1:
		return sale.ExpiryToken(id, expiry, change), sale.Expire{InstanceID: id, Expiry: expiry}
	case 2:
		return sale.ReleaseToken(id), release
	case 3:
		return sale.DerivedToken("market", "expire"), sale.MarketExpire{InstanceID: id}
	case 4:
		return sale.DerivedToken("market", "upgrade"), sale.MarketUpgrade{InstanceID: id, VersionCode: 4, VmNumber: 4}
	case 5, 6:
		if refund {
			return sale.DerivedToken("market", "refund", ends.Format(time.DateOnly)), sale.MarketRefund{InstanceID: id, Ends: ends}
		}
		return sale.DerivedToken("market", "renew", ends.Format(time.DateOnly)), sale.MarketRenew{InstanceID: id, Ends: ends}
	case 7:
		return sale.DerivedToken("market", "again"), sale.MarketCreate{InstanceID: "biz-2", VersionCode: 2, VmNumber: 3, Term: sale.Term{Duration: 1, Cycle: sale.Month}}
	default:
		return sale.RenewalToken(id, expiry, change), sale.AutoRenew{InstanceID: id, Expiry: expiry, Anytime: byOperator}
	}
}
