package sale

// Channel is the way in which an order arrived, and so who was paid. Orders of the API
// and of the timer are charged to the prepaid balance; orders of the marketplace were
// paid there and charge nothing (Amount 0).
type Channel string

const (
	API      Channel = "api"
	Market   Channel = "market"   // the order queue of the cloud marketplace
	Timer    Channel = "timer"    // auto-renewal, expiry and release
	Operator Channel = "operator" // deposits and corrections, each with a reference or a reason
)
