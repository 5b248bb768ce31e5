package app

import (
	"fmt"
	"strconv"
)

// readRates reads the rates of calls, each a number of events a second.
func (s *Settings) readRates(v values) error {
	for name, rate := range map[string]*float64{
		"RATE_CALLS": &s.Rates.Calls, "RATE_REFUSALS": &s.Rates.Refusals, "RATE_FAILURES": &s.Rates.Failures,
	} {
		n, err := strconv.ParseFloat(v(name), 64)
		if err != nil || !(n >= 0 && n <= 1e6) {
			return fmt.Errorf("settings: %s is %q, it must be a number of events a second from 0 to 1000000", name, v(name))
		}
		*rate = n
	}
	return nil
}
