package local

import (
	"net"

	"aegis/shared/local/tablestore"
	"aegis/shared/pop"
	"aegis/shared/store"
)

// Where the stack listens unless a flag says otherwise.
const (
	Listen     = "127.0.0.1:8080"
	Tablestore = "127.0.0.1:8087"
	Console    = "127.0.0.1:8088"

	Marketplace = "127.0.0.1:8089" // the marketplace's side, if it is played
)

// IsOpen reports whether other machines can reach what listens on an address.
func IsOpen(address string) bool {
	host, _, err := net.SplitHostPort(address)
	ip := net.ParseIP(host)
	return err == nil && host != "localhost" && (ip == nil || !ip.IsLoopback())
}

// What is known to everyone about a local stack.
const (
	Instance  = "local"
	MasterKey = "bG9jYWwgZGV2ZWxvcG1lbnQgb25seSwgbm90IGEga2U=" // seals the secrets of local keys

	OwnerKey    = "LTAI-local-owner"
	OwnerSecret = "local-owner-secret"
	Owner       = "1000000000000001"

	MarketSecret   = "local-market-secret" // of the marketplace's tokens
	ResellerKey    = "LTAI-local-reseller"
	ResellerSecret = "local-reseller-secret"
	FinanceKey     = "LTAI-local-finance" // may pay in and correct, for every local owner
	FinanceSecret  = "local-finance-secret"
)

// StoreCredentials open the local instance.
func StoreCredentials() tablestore.Credentials {
	return tablestore.Credentials{AccessKeyID: "local", AccessKeySecret: "local"}
}

func roleCredentials() pop.Credentials {
	return pop.Credentials{AccessKeyID: "local", AccessKeySecret: "local", SecurityToken: "local-sts"}
}

// Environment are the settings of functions that use the store at endpoint.
func Environment(endpoint string) map[string]string {
	return map[string]string{
		"TABLESTORE_ENDPOINT": endpoint,
		"TABLESTORE_INSTANCE": Instance,
		"ACCESS_MASTER_KEY":   MasterKey,
		"MARKET_SECRET":       MarketSecret,
		"MARKET_QUEUE":        "http://" + Listen + queuePath,
	}
}

// defaultsOf are the settings of a tool that uses the local store at endpoint. The
// local master key stands in there and nowhere else.
func defaultsOf(endpoint string) map[string]string {
	here := Environment(endpoint)
	here["TABLESTORE_ACCESS_KEY_ID"] = StoreCredentials().AccessKeyID
	here["TABLESTORE_ACCESS_KEY_SECRET"] = StoreCredentials().AccessKeySecret
	return here
}

// settingsOf reads settings from here, and from getenv what is not there.
func settingsOf(here map[string]string, getenv func(string) string) func(string) string {
	return func(name string) string {
		if value, ok := here[name]; ok {
			return value
		}
		return getenv(name)
	}
}

// storeConfig reaches the local instance at endpoint.
func storeConfig(endpoint string) store.Config {
	c := StoreCredentials()
	return store.Config{
		Endpoint: endpoint, Instance: Instance,
		Credentials: pop.Credentials{AccessKeyID: c.AccessKeyID, AccessKeySecret: c.AccessKeySecret},
	}
}
