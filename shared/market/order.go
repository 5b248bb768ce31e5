package market

import (
	"strconv"
	"strings"
	"time"

	"aegis/shared/sale"
)

// The marketplace's actions.
const (
	createInstance      = "createInstance"
	renewInstance       = "renewInstance"
	upgradeInstance     = "upgradeInstance"
	expiredInstance     = "expiredInstance"
	releaseInstance     = "releaseInstance"
	refundRenewInstance = "refundRenewInstance"
)

// Known tells whether the marketplace has an action of this name.
func Known(action string) bool {
	switch action {
	case createInstance, renewInstance, upgradeInstance, expiredInstance, releaseInstance, refundRenewInstance:
		return true
	}
	return false
}

// Order is a call as the ledger can sell it.
type Order struct {
	Action     string
	InstanceID string
	OrderID    string // the marketplace's, "" if the action has none
	Owner      string // of a createInstance; the other actions do not say
	Token      string
	Command    sale.Command
}

// reader reads one call's parameters and keeps the first error.
type reader struct {
	Call
	skus Skus
	at   time.Time // of the message, where the action has no orderId
	err  error
}

// ReadOrder makes an order of a call whose token has been verified. The error is
// a *Reject that names the parameter.
func ReadOrder(c Call, skus Skus, at time.Time) (Order, error) {
	r := &reader{Call: c, skus: skus, at: at}
	if !c.Received.IsZero() {
		r.at = c.Received
	}
	o := Order{Action: c.Params["action"], OrderID: c.Params["orderId"]}
	switch o.Action {
	case createInstance:
		r.create(&o)
	case renewInstance, refundRenewInstance:
		r.term(&o)
	case upgradeInstance:
		r.upgrade(&o)
	case expiredInstance:
		o.InstanceID = r.id("instanceId")
		o.Command = sale.MarketExpire{InstanceID: o.InstanceID, Sent: r.Received}
		o.Token = r.token(&o, r.stamp())
	case releaseInstance:
		o.InstanceID = r.id("instanceId")
		o.Command = sale.Release{InstanceID: o.InstanceID, Channel: sale.Market, Refund: r.truth("isRefund")}
		o.Token = sale.ReleaseToken(o.InstanceID)
	default:
		r.fail("No action is known as %.64q.", o.Action)
	}
	return o, r.err
}

func (r *reader) create(o *Order) {
	o.InstanceID, o.Owner = r.id("orderBizId"), r.owner()
	sku := r.sku()
	create := sale.MarketCreate{
		InstanceID: o.InstanceID, VersionCode: sku.VersionCode, VmNumber: sku.VmNumber,
		Term: sale.Term{Duration: sku.Duration, Cycle: sku.PricingCycle}, Sent: r.Received,
	}
	if r.Params["expiredOn"] != "" {
		create.Ends = r.moment("expiredOn")
	}
	o.Command, o.Token = create, r.token(o, r.id("orderId"))
}

func (r *reader) term(o *Order) {
	o.InstanceID = r.id("instanceId")
	term := sale.MarketTerm{InstanceID: o.InstanceID, Ends: r.moment("expiredOn"), Refund: o.Action == refundRenewInstance, Sent: r.Received}
	o.Command = term
	if term.Refund {
		o.Token = r.token(o, strconv.FormatInt(term.Ends.UnixMilli(), 10), r.stamp())
	} else {
		o.Token = r.token(o, r.id("orderId"))
	}
}

func (r *reader) upgrade(o *Order) {
	o.InstanceID = r.id("instanceId")
	sku := r.sku()
	o.Command = sale.MarketUpgrade{Upgrade: sale.Upgrade{InstanceID: o.InstanceID, VersionCode: sku.VersionCode, VmNumber: sku.VmNumber}}
	o.Token = r.token(o, r.id("orderId"))
}

// token is the order's: the same message has the same, whenever it comes.
func (r *reader) token(o *Order, parts ...string) string {
	return sale.DerivedToken(append([]string{"market", o.Action, o.InstanceID}, parts...)...)
}

// stamp is the time of the message in milliseconds, which tells two calls apart
// that have no orderId; "" if nobody noted it.
func (r *reader) stamp() string {
	if r.at.IsZero() {
		return ""
	}
	return strconv.FormatInt(r.at.UnixMilli(), 10)
}

func (r *reader) fail(format string, args ...any) {
	if r.err == nil {
		r.err = reject(format, args...)
	}
}

// id is a required identifier: 1 to 64 letters, digits and - _ . only, since it
// becomes part of keys. An instance's never looks like one that we made.
func (r *reader) id(name string) string {
	id := r.Params[name]
	odd := func(c rune) bool {
		return !strings.ContainsRune("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.", c)
	}
	switch {
	case id == "":
		r.fail("%s is missing.", name)
	case len(id) > 64 || strings.ContainsFunc(id, odd):
		r.fail("%s must be 1 to 64 letters, digits, -, _ and ., it is %.80q.", name, id)
	case name == "orderBizId" && strings.HasPrefix(id, "aegis-"):
		r.fail("orderBizId %.80q would pass for an instance that was not sold by the marketplace.", id)
	}
	return id
}

func (r *reader) owner() string {
	owner := r.Params["aliUid"]
	if owner == "" || len(owner) > 19 || strings.Trim(owner, "0123456789") != "" {
		r.fail("aliUid must be an account's number, it is %.32q.", owner)
	}
	return owner
}

func (r *reader) sku() Sku {
	sku, err := r.skus.find(r.Params)
	if err != nil && r.err == nil {
		r.err = err
	}
	return sku
}

// moment is a required time in the marketplace's calendar, UTC+8.
func (r *reader) moment(name string) time.Time {
	t, err := time.ParseInLocation(time.DateTime, r.Params[name], sale.Shanghai())
	if err != nil {
		r.fail("%s must be a time as yyyy-MM-dd HH:mm:ss, it is %.32q.", name, r.Params[name])
	}
	return t
}

func (r *reader) truth(name string) bool {
	switch strings.ToLower(r.Params[name]) {
	case "true":
		return true
	case "false":
		return false
	}
	r.fail("%s must be true or false, it is %.32q.", name, r.Params[name])
	return false
}
