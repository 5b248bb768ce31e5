package app

import (
	"fmt"
	"slices"
	"strings"
)

// Group says which functions need a setting.
type Group string

const (
	Everyone Group = "all"
	Sellers  Group = "operations"   // pop and one function for each operation
	Forwards Group = "reseller"     // the same, where SALES_BACKEND is upstream
	Orders   Group = "marketorders" // and renewals, which tries its letters again
	SPI      Group = "marketspi"
	Timer    Group = "renewals"
)

// Setting is one setting of the functions: an environment variable.
type Setting struct {
	Name     string
	Groups   []Group
	Required bool
	Default  string // of a setting that is absent or empty
	Secret   bool   // never printed
	File     bool   // names a file, which is packaged with the function: see Packaged
	Local    bool   // for tests and tools alone: s.yaml does not pass it on
	Usage    string // one line for operators
}

// Table returns every setting that functions read. ReadSettings, the local stack, the
// tools, s.yaml and the documents follow it.
func Table() []Setting {
	orders := []Group{Orders, Timer}
	spi := []Group{Orders, Timer, SPI}
	return []Setting{
		{Name: "TABLESTORE_ENDPOINT", Groups: []Group{Everyone}, Required: true, Usage: "URL of the Tablestore instance"},
		{Name: "TABLESTORE_INSTANCE", Groups: []Group{Everyone}, Required: true, Usage: "name of the Tablestore instance"},
		{Name: "TABLESTORE_ACCESS_KEY_ID", Groups: []Group{Everyone}, Local: true, Usage: "key for the store; in the cloud the function role's credentials are used"},
		{Name: "TABLESTORE_ACCESS_KEY_SECRET", Groups: []Group{Everyone}, Local: true, Secret: true, Usage: "its secret"},
		{Name: "TABLESTORE_SECURITY_TOKEN", Groups: []Group{Everyone}, Local: true, Secret: true, Usage: "its STS token, if it is temporary"},
		{Name: "ACCESS_MASTER_KEY", Groups: []Group{Sellers}, Secret: true, Usage: "32 bytes in base64 that seal callers' secrets; several are separated by commas, the newest first; losing it means issuing all keys again"},
		{Name: "ACCESS_MASTER_KEY_KMS", Groups: []Group{Sellers}, Usage: "master keys wrapped by KMS, as CiphertextBlob; they come before those of ACCESS_MASTER_KEY"},
		{Name: "KMS_ENDPOINT", Groups: []Group{Sellers}, Default: "https://kms.cn-hangzhou.aliyuncs.com", Usage: "where KMS unwraps them, with the function role's credentials"},
		{Name: "PUBLIC_HOSTS", Groups: []Group{Sellers}, Usage: "names by which clients address this system, separated by commas, where a gateway replaces the Host that signature version 3 signs"},
		{Name: "RATE_CALLS", Groups: []Group{Sellers}, Default: "1000", Usage: "calls a second of one key, owner or source that one instance takes; 0: any number"},
		{Name: "RATE_REFUSALS", Groups: []Group{Sellers}, Default: "500", Usage: "refused calls a second of one key or owner; 0: any number"},
		{Name: "RATE_FAILURES", Groups: []Group{Sellers}, Default: "50", Usage: "wrong signatures and unknown keys a second of one key or source; 0: any number"},
		{Name: "LOG_LEVEL", Groups: []Group{Everyone}, Default: "info", Usage: "debug, info, warn or error: lines below it are not written"},
		{Name: "SALES_CATALOGUE", Groups: []Group{Everyone}, File: true, Usage: "catalogue of editions and prices; without one the embedded sample prices are charged"},
		{Name: "ERROR_PAGES", Groups: []Group{Sellers}, Usage: "address below which each of our own error codes has a page; answers name it as Recommend"},
		{Name: "SALES_BACKEND", Groups: []Group{Sellers}, Default: "ledger", Usage: "ledger: this system is the seller; upstream: it forwards, as a reseller"},
		{Name: "UPSTREAM_ENDPOINT", Groups: []Group{Forwards}, Default: "https://aegis.cn-hangzhou.aliyuncs.com", Usage: "where a reseller's sales are forwarded to"},
		{Name: "UPSTREAM_ACCESS_KEY_ID", Groups: []Group{Forwards}, Usage: "the operator's key there; without one the function role's credentials are used"},
		{Name: "UPSTREAM_ACCESS_KEY_SECRET", Groups: []Group{Forwards}, Secret: true, Usage: "its secret"},
		{Name: "UPSTREAM_SECURITY_TOKEN", Groups: []Group{Forwards}, Secret: true, Usage: "its STS token, if it is temporary"},
		{Name: "UPSTREAM_LEASE", Groups: []Group{Forwards}, Default: "15s", Usage: "how long one caller may forward a token; longer than the functions' timeout"},
		{Name: "MARKET_SECRET", Groups: spi, Secret: true, Usage: "signs the marketplace's tokens; required by marketspi and marketorders"},
		{Name: "MARKET_SKUS", Groups: spi, File: true, Usage: "mapping of skuIds to editions, machines and terms; without one the embedded sample is used"},
		{Name: "MARKET_QUEUE", Groups: []Group{SPI}, Usage: "URL of the order queue (SMQ's HTTP API); required by marketspi"},
		{Name: "MARKET_ENDPOINT", Groups: orders, Default: "https://market.aliyuncs.com", Usage: "the Market OpenAPI"},
		{Name: "MARKET_ACCESS_KEY_ID", Groups: orders, Usage: "the vendor's key there; without one the marketplace is not asked before a term is shortened"},
		{Name: "MARKET_ACCESS_KEY_SECRET", Groups: orders, Secret: true, Usage: "its secret"},
		{Name: "RELEASE_AFTER_DAYS", Groups: []Group{Timer}, Default: "15", Usage: "days from the expiry to the release, 1 to 3650"},
		{Name: "CLOCK_OFFSET", Groups: []Group{Everyone}, Default: "0s", Local: true, Usage: "by which the sale's clock is ahead, for tests; signatures keep the real one"},
	}
}

// Names returns the names of all settings.
func Names() []string {
	var names []string
	for _, s := range Table() {
		names = append(names, s.Name)
	}
	return names
}

// Of returns the settings that a function reads, by its folder under functions/.
func Of(function string) []Setting {
	var of []Setting
	for _, s := range Table() {
		if slices.ContainsFunc(s.Groups, func(g Group) bool { return g.has(function) }) {
			of = append(of, s)
		}
	}
	return of
}

func (g Group) has(function string) bool {
	other := function == "marketorders" || function == "marketspi" || function == "renewals"
	switch g {
	case Everyone:
		return true
	case Sellers, Forwards:
		return !other
	}
	return string(g) == function
}

// Packaged returns the name of a setting's file next to a function's executable, where
// scripts/build.sh puts it. A setting that names no file is read from there if it
// exists.
func (s Setting) Packaged() string { return strings.ToLower(s.Name) + ".json" }

// values reads settings by the table: with its defaults, and only the names that it
// lists.
type values func(name string) string

func tableValues(getenv func(string) string) values {
	byName := make(map[string]Setting)
	for _, s := range Table() {
		byName[s.Name] = s
	}

	return func(name string) string {
		s, ok := byName[name]
		if !ok {
			panic("setting " + name + " is not in the table") // a defect that any test finds
		}
		if value := getenv(name); value != "" {
			return value
		}
		return s.Default
	}
}

// requireAll returns an error that lists all required settings that are missing.
func (v values) requireAll() error {
	var missing []string
	for _, s := range Table() {
		if s.Required && v(s.Name) == "" {
			missing = append(missing, s.Name)
		}
	}

	if len(missing) > 0 {
		return fmt.Errorf("settings: %s must be set", strings.Join(missing, ", "))
	}
	return nil
}
