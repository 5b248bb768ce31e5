package marketplace

import (
	"bytes"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"

	"aegis/shared/sale"
)

// Sku is the meaning of one skuId of the marketplace's product.
type Sku struct {
	ID                string     `json:"skuId"`
	VersionCode       int        `json:"versionCode"`
	VmNumber          int        `json:"vmNumber"`          // machines, unless the order says more
	VmNumberParameter string     `json:"vmNumberParameter"` // the extra billing item that does; "": none
	Duration          int        `json:"duration"`          // with pricingCycle the term of an order
	PricingCycle      sale.Cycle `json:"pricingCycle"`      // that does not say its end
	TrialDuration     int        `json:"trialDuration"`     // the same for a trial; 0: as for an order
	TrialCycle        sale.Cycle `json:"trialPricingCycle"`
	AppInfo           AppInfo    `json:"appInfo"` // shown to the buyer with the instance
}

// AppInfo is what the marketplace shows to the buyer of an instance.
type AppInfo struct {
	FrontEndURL string `json:"frontEndUrl,omitempty"`
	AdminURL    string `json:"adminUrl,omitempty"`
	LicenceID   string `json:"licenceId,omitempty"`  // the instance
	LicenceEnd  string `json:"licenceEnd,omitempty"` // yyyy-MM-dd HH:mm:ss, UTC+8
}

// Skus are all skus by id.
type Skus map[string]Sku

//go:embed skus.json
var sampleSkus []byte

// DefaultSkus returns the embedded sample: aegis-1 to aegis-4 for the VersionCodes 1 to
// 4, five machines, a month.
func DefaultSkus() Skus {
	s, err := ParseSkus(sampleSkus)
	if err != nil {
		panic("the embedded skus are broken: " + err.Error()) // a build defect, found by any test
	}
	return s
}

// ParseSkus reads a file like skus.json. Whether an edition is on sale is checked
// against the catalogue when an order is processed.
func ParseSkus(text []byte) (Skus, error) {
	var file struct {
		Skus []Sku `json:"skus"`
	}
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&file); err != nil {
		return nil, fmt.Errorf("read skus: %w", err)
	}

	skus := make(Skus, len(file.Skus))
	for _, s := range file.Skus {
		if _, twice := skus[s.ID]; twice {
			return nil, fmt.Errorf("read skus: %q stands twice", s.ID)
		}
		if err := s.check(); err != nil {
			return nil, fmt.Errorf("read skus: %q: %w", s.ID, err)
		}
		skus[s.ID] = s
	}

	return skus, nil
}

func (s Sku) check() error {
	switch {
	case s.ID == "":
		return errors.New("skuId is empty")
	case s.VersionCode < 1:
		return errors.New("versionCode must be greater than 0")
	case s.VmNumber < 1 || s.VmNumber > sale.MaxVmNumber:
		return fmt.Errorf("vmNumber must be from 1 to %d", sale.MaxVmNumber)
	case s.Duration < 1 || s.PricingCycle != sale.Month && s.PricingCycle != sale.Year && s.PricingCycle != sale.Day:
		return errors.New("duration must be greater than 0 and pricingCycle Year, Month or Day")
	case s.TrialDuration < 0 || s.TrialDuration > 0 && s.TrialCycle != sale.Month && s.TrialCycle != sale.Day && s.TrialCycle != sale.Hour:
		return errors.New("trialDuration must be greater than 0 and trialPricingCycle Month, Day or Hour")
	}

	return nil
}

// find returns the sku of a call and the number of machines that the call orders.
func (s Skus) find(params map[string]string) (Sku, error) {
	sku, ok := s[params["skuId"]]
	if !ok {
		return Sku{}, permanent("No sku is known as %.64q.", params["skuId"])
	}

	text := params[sku.VmNumberParameter]
	if sku.VmNumberParameter == "" || text == "" {
		return sku, nil
	}

	n, err := strconv.Atoi(text)
	if err != nil || n < 1 || n > sale.MaxVmNumber {
		return Sku{}, permanent("%s must be an integer from 1 to %d, it is %.32q.", sku.VmNumberParameter, sale.MaxVmNumber, text)
	}

	sku.VmNumber = n
	return sku, nil
}
