package plainbuffer

// Op says what an attribute cell of an UpdateRow does. Zero puts the value.
type Op byte

// The operations of a cell.
const (
	Put         Op = 0x0
	DeleteAll   Op = 0x1 // every version of the column
	DeleteOne   Op = 0x3 // the version with the cell's timestamp
	Increment   Op = 0x4 // add the cell's integer to the newest version
	headerMagic    = 0x75
)

const (
	tagRowKey       = 0x1
	tagRowData      = 0x2
	tagCell         = 0x3
	tagCellName     = 0x4
	tagCellValue    = 0x5
	tagCellOp       = 0x6
	tagCellTime     = 0x7
	tagDeleteMarker = 0x8
	tagRowChecksum  = 0x9
	tagCellChecksum = 0xA
)

// Cell is one named value of a row, with what is to be done to it.
type Cell struct {
	Name     string
	Value    Value
	HasValue bool // false for deletions
	Op       Op
	Time     int64 // version in milliseconds since the epoch
	HasTime  bool
}

// Row is a row, or a change to one, as it travels.
type Row struct {
	Key    []Cell
	Cells  []Cell
	Delete bool // the row's delete marker, set by DeleteRow
}

func (v Value) checksum(crc byte) byte {
	crc = crc8(crc, byte(v.Kind))
	switch v.Kind {
	case Integer, Double:
		return crc8Long(crc, v.bits)
	case Boolean:
		return crc8(crc, byte(v.bits))
	case String, Blob:
		n := uint32(len(v.Bytes))
		crc = crc8(crc8(crc8(crc8(crc, byte(n)), byte(n>>8)), byte(n>>16)), byte(n>>24))
		return crc8Text(crc, v.Bytes)
	}

	return crc
}

// checksum covers the timestamp before the operation, although they are
// written the other way round.
func (c *Cell) checksum() byte {
	crc := crc8Text(0, c.Name)
	if c.HasValue {
		crc = c.Value.checksum(crc)
	}
	if c.HasTime {
		crc = crc8Long(crc, uint64(c.Time))
	}
	if c.Op != Put {
		crc = crc8(crc, byte(c.Op))
	}

	return crc
}

func deleteMark(crc byte, deleted bool) byte {
	if deleted {
		return crc8(crc, 1)
	}
	return crc8(crc, 0)
}
