package sale

import (
	"fmt"
	"math/big"
	"math/bits"
	"strconv"
	"strings"
)

// Fen is an amount of money in hundredths of a yuan (0.01 CNY).
type Fen int64

// String writes the amount in yuan with two decimals, as bills do: 123456 fen
// is "1234.56".
func (f Fen) String() string {
	sign, n := "", int64(f)
	if n < 0 {
		sign, n = "-", -n
	}
	cents := strconv.FormatInt(100+n%100, 10)[1:]
	return sign + strconv.FormatInt(n/100, 10) + "." + cents
}

// ParseFen reads an amount in yuan with at most two decimals: "1234.5" is 123450 fen.
func ParseFen(yuan string) (Fen, error) {
	digits, negative := strings.CutPrefix(yuan, "-")
	whole, cents, _ := strings.Cut(digits, ".")
	bad := whole == "" || len(cents) > 2 || len(whole) > 15 || strings.HasSuffix(digits, ".") || strings.Trim(whole+cents, "0123456789") != ""
	if bad {
		return 0, fmt.Errorf("%q is no amount in yuan", yuan)
	}

	n, err := strconv.ParseInt(whole+(cents + "00")[:2], 10, 64)
	if negative {
		n = -n
	}

	return Fen(n), err
}

// ceiling returns amount × part / whole, rounded up to a fen. The product is kept in 128
// bits and divided once, so nothing is lost on the way. All three must be ≥ 0,
// whole > 0, and the result must fit an int64.
func ceiling(amount Fen, part, whole int64) Fen {
	hi, lo := bits.Mul64(uint64(amount), uint64(part))
	lo, carry := bits.Add64(lo, uint64(whole)-1, 0)
	quotient, _ := bits.Div64(hi+carry, lo, uint64(whole))
	return Fen(quotient)
}

// floor returns ceiling, rounded down; 0 if whole is 0.
func floor(amount Fen, part, whole int64) Fen {
	if whole <= 0 {
		return 0
	}
	hi, lo := bits.Mul64(uint64(amount), uint64(part))
	quotient, _ := bits.Div64(hi, lo, uint64(whole))
	return Fen(quotient)
}

// bill rounds a price up to a fen. Whatever is priced costs at least one.
func bill(price *big.Rat) Fen {
	fen := new(big.Int).Add(price.Num(), new(big.Int).Sub(price.Denom(), big.NewInt(1)))
	fen.Quo(fen, price.Denom())
	return max(Fen(fen.Int64()), 1)
}
