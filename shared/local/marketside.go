package local

import (
	"maps"

	"aegis/shared/local/marketplace"
)

// The vendor's key at the local marketplace.
const (
	VendorKey    = "LTAI-local-vendor"
	VendorSecret = "local-vendor-secret"
)

// openMarketplace plays the marketplace's side, and returns the functions' settings by
// which they ask it.
func (s *Stack) openMarketplace(c Config) (map[string]string, error) {
	l, err := s.listen(c.Market)
	if err != nil {
		return nil, err
	}
	s.MarketURL = "http://" + l.Addr().String()
	market, err := marketplace.Open(marketplace.Config{
		SPI: s.URL + "/market/spi", Secret: MarketSecret, KeyID: VendorKey, KeySec: VendorSecret, Data: c.Data, Clock: s.clock.now,
	})
	if err != nil {
		return nil, err
	}
	s.closers = append(s.closers, market.Close)
	s.serve(l, market)
	report(c.Progress, "marketplace at %s: POST /orders, GET /instances", s.MarketURL)

	settings := maps.Clone(c.Settings)
	if settings == nil {
		settings = map[string]string{}
	}
	settings["MARKET_ENDPOINT"] = s.MarketURL
	settings["MARKET_ACCESS_KEY_ID"] = VendorKey
	settings["MARKET_ACCESS_KEY_SECRET"] = VendorSecret
	return settings, nil
}
