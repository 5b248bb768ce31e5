package tablestore

import (
	"fmt"

	"github.com/aliyun/aliyun-tablestore-go-sdk/tablestore/otsprotocol"
	"github.com/golang/protobuf/proto"

	"aegis/shared/local/tablestore/internal/catalog"
	"aegis/shared/local/tablestore/internal/ots"
	"aegis/shared/local/tablestore/internal/plainbuffer"
)

// changeSettings applies an UpdateTable to the definition.
func (c *request) changeSettings(t *catalog.Table, r *otsprotocol.UpdateTableRequest) error {
	if o := r.TableOptions; o != nil && o.UpdateFullRow != nil {
		return ots.Invalid("The table options of UpdateTable can not contain updateFullRow.")
	}

	mergeOptions(&t.Options, r.TableOptions)
	c.reserve(t, r.ReservedThroughput)
	c.setStream(t, r.StreamSpec)
	if err := catalog.CheckOptions(t.Options); err != nil {
		return err
	}

	return t.CheckIndexable()
}

func mergeOptions(o *catalog.Options, wire *otsprotocol.TableOptions) {
	if wire == nil {
		return
	}
	if wire.TimeToLive != nil {
		o.TimeToLive = *wire.TimeToLive
	}
	if wire.MaxVersions != nil {
		o.MaxVersions = *wire.MaxVersions
	}
	if wire.DeviationCellVersionInSec != nil {
		o.MaxDeviation = *wire.DeviationCellVersionInSec
	}
	if wire.AllowUpdate != nil {
		o.AllowUpdate = *wire.AllowUpdate
	}
}

// reserve notes a reserved throughput; a number left out keeps its value.
func (c *request) reserve(t *catalog.Table, r *otsprotocol.ReservedThroughput) {
	if unit := r.GetCapacityUnit(); unit != nil {
		if unit.Read != nil {
			t.Throughput.Read = *unit.Read
		}
		if unit.Write != nil {
			t.Throughput.Write = *unit.Write
		}
		t.Throughput.Changed = c.now.Unix()
	}
}

// setStream notes a stream setting; none given leaves it.
func (c *request) setStream(t *catalog.Table, r *otsprotocol.StreamSpecification) {
	if r != nil {
		t.Stream = catalog.Stream{
			Enabled: r.GetEnableStream(), Hours: r.GetExpirationTime(), Columns: r.ColumnsToGet, Since: c.now.UnixMicro(),
		}
	}
}

func wireStream(t *catalog.Table) *otsprotocol.StreamDetails {
	if !t.Stream.Enabled {
		return &otsprotocol.StreamDetails{EnableStream: proto.Bool(false)}
	}
	return &otsprotocol.StreamDetails{
		EnableStream:   proto.Bool(true),
		StreamId:       proto.String(fmt.Sprintf("%s_%d", t.Name, t.Stream.Since)),
		ExpirationTime: proto.Int32(t.Stream.Hours),
		LastEnableTime: proto.Int64(t.Stream.Since),
		ColumnsToGet:   t.Stream.Columns,
	}
}

// describe sets every field that the Go SDK reads without looking.
func describe(t *catalog.Table) *otsprotocol.DescribeTableResponse {
	meta := &otsprotocol.TableMeta{TableName: proto.String(t.Name)}
	for _, k := range t.Keys {
		meta.PrimaryKey = append(meta.PrimaryKey, wireKey(k))
	}

	for _, d := range t.Defined {
		meta.DefinedColumn = append(meta.DefinedColumn, &otsprotocol.DefinedColumnSchema{
			Name: proto.String(d.Name), Type: wireDefined(d.Kind).Enum(),
		})
	}

	return &otsprotocol.DescribeTableResponse{
		ShardSplits:               t.Splits,
		XXX_unrecognized:          creationTime(t),
		TableMeta:                 meta,
		ReservedThroughputDetails: wireThroughput(t.Throughput),
		TableOptions:              wireOptions(t.Options),
		TableStatus:               otsprotocol.TableStatus_ACTIVE.Enum(),
		StreamDetails:             wireStream(t),
		IndexMetas:                wireIndexes(t),
	}
}

// creationTime is field 9, an int64 of microseconds, which the Go SDK's message
// lacks. Tables of before this was recorded have none.
func creationTime(t *catalog.Table) []byte {
	const field, varint = 9, 0
	if t.Created == 0 {
		return nil
	}
	return append(proto.EncodeVarint(field<<3|varint), proto.EncodeVarint(uint64(t.Created))...)
}

func wireKey(k catalog.KeyColumn) *otsprotocol.PrimaryKeySchema {
	kinds := map[plainbuffer.Kind]otsprotocol.PrimaryKeyType{
		plainbuffer.Integer: otsprotocol.PrimaryKeyType_INTEGER,
		plainbuffer.String:  otsprotocol.PrimaryKeyType_STRING,
		plainbuffer.Blob:    otsprotocol.PrimaryKeyType_BINARY,
	}
	schema := &otsprotocol.PrimaryKeySchema{Name: proto.String(k.Name), Type: kinds[k.Kind].Enum()}
	if k.AutoIncrement {
		schema.Option = otsprotocol.PrimaryKeyOption_AUTO_INCREMENT.Enum()
	}

	return schema
}

func wireDefined(kind plainbuffer.Kind) otsprotocol.DefinedColumnType {
	switch kind {
	case plainbuffer.Double:
		return otsprotocol.DefinedColumnType_DCT_DOUBLE
	case plainbuffer.Boolean:
		return otsprotocol.DefinedColumnType_DCT_BOOLEAN
	case plainbuffer.String:
		return otsprotocol.DefinedColumnType_DCT_STRING
	case plainbuffer.Blob:
		return otsprotocol.DefinedColumnType_DCT_BLOB
	}
	return otsprotocol.DefinedColumnType_DCT_INTEGER
}

func wireThroughput(t catalog.Throughput) *otsprotocol.ReservedThroughputDetails {
	return &otsprotocol.ReservedThroughputDetails{
		CapacityUnit:     &otsprotocol.CapacityUnit{Read: proto.Int32(t.Read), Write: proto.Int32(t.Write)},
		LastIncreaseTime: proto.Int64(t.Changed),
		LastDecreaseTime: proto.Int64(t.Changed),
	}
}

func wireOptions(o catalog.Options) *otsprotocol.TableOptions {
	return &otsprotocol.TableOptions{
		TimeToLive:                proto.Int32(o.TimeToLive),
		MaxVersions:               proto.Int32(o.MaxVersions),
		DeviationCellVersionInSec: proto.Int64(o.MaxDeviation),
		AllowUpdate:               proto.Bool(o.AllowUpdate),
		UpdateFullRow:             proto.Bool(o.UpdateFullRow),
	}
}
