// Package marketbooks keeps the marketplace's side of a sale: who bought what until
// when, and which notification each trade sends to the vendor. The local stack and the
// simulation play the marketplace with it. It shares no rule with the vendor's side:
// what both agree on at the end is evidence.
package marketbooks

import (
	"errors"
	"fmt"
	"strconv"
	"time"

	vendor "aegis/shared/marketplace"
	"aegis/shared/sale"
)

// Instance is an instance by the marketplace's books.
type Instance struct {
	ID       string        `json:"id"`
	AliUID   string        `json:"aliUid"`
	OrderID  string        `json:"orderId"` // of the creation
	SkuID    string        `json:"skuId"`
	VmNumber int           `json:"vmNumber"`
	Trial    bool          `json:"trial"`
	Status   vendor.Status `json:"status"`
	Began    time.Time     `json:"began"`
	Ends     []time.Time   `json:"ends"` // of the creation and of each renewal that was not refunded
}

// End returns when the instance's term is over.
func (i Instance) End() time.Time { return i.Ends[len(i.Ends)-1] }

// Entitlement returns what the marketplace answers to DescribeInstanceForIsv.
func (i Instance) Entitlement() vendor.Entitlement {
	return vendor.Entitlement{Status: i.Status, Ends: i.End(), Trial: i.Trial, OrderID: i.OrderID}
}

// Books are the instances and orders of one marketplace. They are not safe for
// concurrent use.
type Books struct {
	Instances map[string]*Instance `json:"instances"`
	Orders    map[string]string    `json:"orders"` // the instance by the order's id
	Last      int                  `json:"last"`   // the number of the last order
}

// New returns empty books.
func New() Books {
	return Books{Instances: map[string]*Instance{}, Orders: map[string]string{}}
}

// Trade is what a buyer, or the marketplace itself, does.
type Trade struct {
	Action   string `json:"action"`   // createInstance, renewInstance, upgradeInstance, refundRenewInstance, expiredInstance, releaseInstance
	AliUID   string `json:"aliUid"`   // of createInstance
	Instance string `json:"instance"` // of the others
	SkuID    string `json:"skuId"`    // of createInstance and upgradeInstance
	VmNumber int    `json:"vmNumber"` // 0: as the sku has it, or as it is
	Months   int    `json:"months"`   // of createInstance and renewInstance; 0: one
	Trial    bool   `json:"trial"`
	Arrears  bool   `json:"arrears"` // of renewInstance: what is owed is paid, and the end stays
	Refund   bool   `json:"refund"`  // of releaseInstance: the buyer is paid back
}

// Enter changes the books by a trade made at a moment. It returns the instance and the
// parameters of the notification, without their token. An error leaves the books as
// they were.
func (b *Books) Enter(t Trade, now time.Time) (*Instance, map[string]string, error) {
	if t.Action == "createInstance" {
		return b.create(t, now)
	}
	i, ok := b.Instances[t.Instance]
	if !ok || i.Status == vendor.Closed {
		return nil, nil, fmt.Errorf("there is no instance %q", t.Instance)
	}

	params := map[string]string{"action": t.Action, "instanceId": i.ID}
	switch t.Action {
	case "renewInstance":
		if !t.Arrears {
			i.Ends = append(i.Ends, later(i.End(), t.Months))
		}
		i.Status, i.Trial = vendor.Opened, false
		params["orderId"], params["expiredOn"] = b.order(i), written(i.End())
	case "refundRenewInstance":
		if len(i.Ends) < 2 {
			return nil, nil, errors.New("there is no renewal to refund")
		}
		i.Ends = i.Ends[:len(i.Ends)-1]
		params["expiredOn"] = written(i.End())
	case "upgradeInstance":
		i.SkuID = t.SkuID
		params["orderId"], params["skuId"] = b.order(i), t.SkuID
		if t.VmNumber > 0 {
			i.VmNumber = t.VmNumber
			params["vm_number"] = strconv.Itoa(t.VmNumber)
		}
	case "expiredInstance":
		i.Status = vendor.Expired
	case "releaseInstance":
		i.Status = vendor.Closed
		params["isRefund"] = strconv.FormatBool(t.Refund)
	default:
		return nil, nil, errors.New("the marketplace has no such action")
	}
	return i, params, nil
}

func (b *Books) create(t Trade, now time.Time) (*Instance, map[string]string, error) {
	if t.AliUID == "" || t.SkuID == "" {
		return nil, nil, errors.New("aliUid and skuId must be set")
	}
	now = now.Truncate(time.Second)
	i := &Instance{
		ID: fmt.Sprint("biz-", b.Last+1), AliUID: t.AliUID, SkuID: t.SkuID, VmNumber: t.VmNumber, Trial: t.Trial,
		Status: vendor.Opened, Began: now, Ends: []time.Time{later(now, t.Months)},
	}
	i.OrderID = b.order(i)
	b.Instances[i.ID] = i

	params := map[string]string{
		"action": t.Action, "aliUid": t.AliUID, "orderBizId": i.ID, "orderId": i.OrderID, "productCode": "local",
		"skuId": t.SkuID, "trial": strconv.FormatBool(t.Trial), "expiredOn": written(i.End()),
	}
	if t.VmNumber > 0 {
		params["vm_number"] = strconv.Itoa(t.VmNumber)
	}
	return i, params, nil
}

// order numbers an order.
func (b *Books) order(i *Instance) string {
	b.Last++
	id := strconv.Itoa(2_000_000_000 + b.Last)
	b.Orders[id] = i.ID
	return id
}

func later(t time.Time, months int) time.Time { return t.AddDate(0, max(months, 1), 0) }

func written(t time.Time) string { return t.In(sale.Shanghai()).Format(time.DateTime) }
