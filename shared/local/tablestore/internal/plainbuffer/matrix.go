package plainbuffer

import "encoding/binary"

// Matrix builds a SimpleRowMatrix, the other form a GetRange may answer in: the
// columns are named once, and every row lists their values in that order,
// without versions.
//
//	matrix = LE32 magic, data offset, options offset, key columns, attributes,
//	         (LE16 len name)..., options, row..., 0x01 crc8
//	row    = 0x02 (kind data)...
type Matrix struct {
	keys, attributes []string
	entireKeys       bool
	rows             []byte
	count            int
}

const (
	matrixMagic    = 0x304d5253
	matrixChecksum = 1
	matrixRow      = 2
	matrixRowCount = 3
	matrixEntire   = 10
	matrixFixed    = 5 * 4
)

// NewMatrix has the columns, but no row yet.
func NewMatrix(keys, attributes []string, entireKeys bool) *Matrix {
	return &Matrix{keys: keys, attributes: attributes, entireKeys: entireKeys}
}

// Append adds a row: its values for the columns, NULL where it has none.
func (m *Matrix) Append(row Row) {
	m.rows = append(m.rows, matrixRow)
	m.rows = appendNamed(m.rows, m.keys, row.Key)
	m.rows = appendNamed(m.rows, m.attributes, row.Cells)
	m.count++
}

func appendNamed(dst []byte, names []string, cells []Cell) []byte {
	for _, name := range names {
		dst = AppendValue(dst, named(cells, name))
	}
	return dst
}

func named(cells []Cell, name string) Value {
	for i := range cells {
		if cells[i].Name == name {
			return cells[i].Value
		}
	}
	return Value{Kind: Null}
}

// Encode is the whole matrix.
func (m *Matrix) Encode() []byte {
	var names []byte
	for _, list := range [][]string{m.keys, m.attributes} {
		for _, name := range list {
			names = append(binary.LittleEndian.AppendUint16(names, uint16(len(name))), name...)
		}
	}

	options := binary.LittleEndian.AppendUint32([]byte{matrixEntire, flag(m.entireKeys), matrixRowCount}, uint32(m.count))
	at := matrixFixed + len(names)
	var whole []byte
	for _, field := range []int{matrixMagic, at + len(options), at, len(m.keys), len(m.attributes)} {
		whole = binary.LittleEndian.AppendUint32(whole, uint32(field))
	}

	whole = append(append(append(whole, names...), options...), m.rows...)
	whole = append(whole, matrixChecksum) // the checksum covers its tag
	return append(whole, crc8Text(0, whole))
}

func flag(set bool) byte {
	if set {
		return 1
	}
	return 0
}
