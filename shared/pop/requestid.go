package pop

import (
	"encoding/hex"
	"io"
)

// NewRequestID returns a random (version 4) UUID in the gateway's upper case,
// e.g. 3EE8C1B8-83D3-44AF-A94F-4E0AD82FD6CF. The error is random's.
func NewRequestID(random io.Reader) (string, error) {
	var id [16]byte
	if _, err := io.ReadFull(random, id[:]); err != nil {
		return "", err
	}

	id[6] = id[6]&0x0f | 0x40
	id[8] = id[8]&0x3f | 0x80
	var text [36]byte
	hex.Encode(text[0:8], id[0:4])
	hex.Encode(text[9:13], id[4:6])
	hex.Encode(text[14:18], id[6:8])
	hex.Encode(text[19:23], id[8:10])
	hex.Encode(text[24:36], id[10:16])
	text[8], text[13], text[18], text[23] = '-', '-', '-', '-'

	for i, c := range text {
		if c >= 'a' {
			text[i] = c - ('a' - 'A')
		}
	}

	return string(text[:]), nil
}
