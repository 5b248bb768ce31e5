package sale

import (
	"bytes"
	"crypto/sha256"
	_ "embed"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
)

// Edition is one line of the catalogue: what a VersionCode stands for.
type Edition struct {
	VersionCode int    `json:"versionCode"` // the parameter's value, > 0
	Name        string `json:"name"`        // for people
	Rank        int    `json:"rank"`        // an upgrade never goes to a lower rank, > 0
	MonthlyFen  Fen    `json:"monthlyFen"`  // price per machine and month, 1 to MaxMonthlyFen
}

// MaxMonthlyFen bounds a price so that no bill can overflow: 100,000 CNY per
// machine and month.
const MaxMonthlyFen Fen = 10_000_000

// Catalogue is the set of editions on sale. Prices are configuration, not
// truth: the embedded default holds the one published price (VersionCode 4, 60
// CNY) and made-up ones for the rest.
type Catalogue struct {
	editions map[int]Edition
	hash     string
}

// Hash identifies the catalogue: the first 12 hex digits of the SHA-256 of its file.
func (c Catalogue) Hash() string { return c.hash }

//go:embed catalogue.json
var defaultCatalogue []byte

// DefaultCatalogue returns the embedded catalogue.
func DefaultCatalogue() Catalogue {
	c, err := ParseCatalogue(defaultCatalogue)
	if err != nil {
		panic("the embedded catalogue is broken: " + err.Error()) // a build defect, found by any test
	}
	return c
}

// ParseCatalogue reads a catalogue of the shape of catalogue.json. An unknown
// field, a doubled VersionCode or a value out of range is an error that names
// the edition.
func ParseCatalogue(text []byte) (Catalogue, error) {
	var file struct {
		Editions []Edition `json:"editions"`
	}
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&file); err != nil {
		return Catalogue{}, fmt.Errorf("read catalogue: %w", err)
	}

	if len(file.Editions) == 0 {
		return Catalogue{}, errors.New("read catalogue: it has no editions")
	}

	c, err := newCatalogue(file.Editions)
	sum := sha256.Sum256(text)
	c.hash = hex.EncodeToString(sum[:6])
	return c, err
}

func newCatalogue(editions []Edition) (Catalogue, error) {
	c := Catalogue{editions: make(map[int]Edition, len(editions))}
	for _, e := range editions {
		if err := e.check(); err != nil {
			return Catalogue{}, fmt.Errorf("read catalogue: versionCode %d: %w", e.VersionCode, err)
		}
		if _, twice := c.editions[e.VersionCode]; twice {
			return Catalogue{}, fmt.Errorf("read catalogue: versionCode %d stands twice", e.VersionCode)
		}
		c.editions[e.VersionCode] = e
	}

	return c, nil
}

func (e Edition) check() error {
	switch {
	case e.VersionCode < 1:
		return errors.New("versionCode must be greater than 0")
	case e.Name == "":
		return errors.New("name is empty")
	case e.Rank < 1:
		return errors.New("rank must be greater than 0")
	case e.MonthlyFen < 1 || e.MonthlyFen > MaxMonthlyFen:
		return fmt.Errorf("monthlyFen must be from 1 to %d", int64(MaxMonthlyFen))
	}

	return nil
}

// Edition finds an edition by its VersionCode. An instance keeps its code for
// life, so taking an edition that was sold out of the catalogue makes its
// instances impossible to renew or upgrade: keep it, at its price.
func (c Catalogue) Edition(versionCode int) (Edition, bool) {
	e, ok := c.editions[versionCode]
	return e, ok
}

// MonthlyPrices returns the prices in fen per machine and month, by VersionCode.
func (c Catalogue) MonthlyPrices() map[int]int64 {
	prices := make(map[int]int64, len(c.editions))
	for code, e := range c.editions {
		prices[code] = int64(e.MonthlyFen)
	}
	return prices
}

// Empty reports whether the catalogue was never read.
func (c Catalogue) Empty() bool { return len(c.editions) == 0 }
