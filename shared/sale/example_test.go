package sale_test

import (
	"fmt"
	"time"

	"aegis/shared/sale"
)

func ExampleCreate() {
	account := sale.Account{Owner: "1000000000000001", Verified: true, Deposited: 100_000, Balance: 100_000, Machines: 3}
	buy := sale.Create{Term: sale.Term{Duration: 1, Cycle: sale.Month}, VersionCode: 1, VmNumber: 3}
	at := sale.DecideContext{
		Now:     time.Date(2026, 5, 10, 12, 0, 0, 0, sale.Shanghai()),
		OrderID: "order-1", InstanceID: "aegis-1",
	}

	decision, err := buy.Decide(sale.DefaultCatalogue(), account, at)
	fmt.Println(err, decision.Order.Amount, "CNY until", decision.Order.Expires.Format(time.DateTime))
	// Output: <nil> 30.00 CNY until 2026-06-11 00:00:00
}
