package tablestore

import (
	"github.com/aliyun/aliyun-tablestore-go-sdk/tablestore/otsprotocol"

	"aegis/shared/local/tablestore/internal/plainbuffer"
)

// capacityUnit is the bytes one capacity unit pays for.
const capacityUnit = 4096

// capacity is what an operation consumed, in capacity units.
type capacity struct{ read, write int32 }

// units are the capacity units for a number of bytes, at least one.
func units(size int) int32 {
	return int32(max(1, (size+capacityUnit-1)/capacityUnit))
}

// wire always names both numbers: the Go SDK reads them without looking. All of
// it is one piece of memory, since nearly every answer has it.
func (c capacity) wire() *otsprotocol.ConsumedCapacity {
	whole := &struct {
		consumed otsprotocol.ConsumedCapacity
		unit     otsprotocol.CapacityUnit
		numbers  capacity
	}{numbers: c}
	whole.unit.Read, whole.unit.Write = &whole.numbers.read, &whole.numbers.write
	whole.consumed.CapacityUnit = &whole.unit
	return &whole.consumed
}

// sizeOf is what cells count for in limits and capacity units: names, values,
// and eight bytes for a version the client chose.
func sizeOf(cells []plainbuffer.Cell, versions bool) int {
	size := 0
	for i := range cells {
		size += len(cells[i].Name) + cells[i].Value.Size()
		if versions && cells[i].HasTime {
			size += 8
		}
	}
	return size
}
