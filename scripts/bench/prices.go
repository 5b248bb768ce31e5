package main

// price is one price of the platform, with its source.
type price struct {
	name   string
	amount float64
	unit   string // what amount is for
	source string
	read   string // when it was read, and what is open
}

// The prices that the part money counts with. The provider discounts them and changes
// them: check them before you rely on the sums.
var (
	priceCU       = price{"Function Compute unit (CU)", 0.000020, "USD per CU", "help: Function Compute, pay-as-you-go, international site, tier 1", "2026-08; the price in CNY is open"}
	priceRead     = price{"Tablestore read, HighPerformance", 0.01, "CNY per 10,000 CU", "help: Tablestore, billing examples, Hangzhou", "2026-08"}
	priceWrite    = price{"Tablestore write, HighPerformance", 0.02, "CNY per 10,000 CU", "not found: twice the price of a read", "an assumption"}
	priceQueue    = price{"SMQ queue", 0.08, "USD per queue and day", "help: SMQ billing", "2026-08; 20 million requests a month are free"}
	priceGateway  = price{"cloud-native API Gateway", 0.97, "CNY per unit and hour, two units", "help: API Gateway, auto scaling billing, mainland", "2026-08; none for EDGE=none or domain"}
	exchange      = price{"exchange rate", 7.1, "CNY per USD", "an assumption", "to add both"}
	storeDistance = price{"round trip to the store", 3, "ms", "an assumption", "same region, VPC endpoint"}
)

func prices() []price {
	return []price{priceCU, priceRead, priceWrite, priceQueue, priceGateway, exchange, storeDistance}
}

// What Function Compute counts, in CU (help: Pay-as-you-go).
const (
	cuPerCall      = 75.0 / 10000
	cuPerCPUSecond = 1.0
	cuPerGBSecond  = 0.15
	cuPerDiskGBS   = 0.05
	diskGB         = 0.5
)
