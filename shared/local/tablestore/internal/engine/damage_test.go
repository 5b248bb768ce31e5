package engine_test

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"

	"aegis/shared/local/tablestore/internal/checksum"
	"aegis/shared/local/tablestore/internal/engine"
)

// damageTrials is the environment variable that sets how many damaged files
// TestDamage opens.
const damageTrials = "TABLESTORE_DAMAGE"

// history is a store's file after each of its commits, and what the newest
// holds.
type history struct {
	files    [][]byte
	sequence []byte // the file beside the newest
	content  map[engine.Bucket]map[string]string
	commit   uint64 // the newest
	refused  int    // files so far
}

// Pages are as large as bbolt makes them here.
func pageSize() int { return os.Getpagesize() }

func (h *history) newest() []byte { return h.files[len(h.files)-1] }

func (h *history) pages() int { return len(h.newest()) / pageSize() }

// record makes a history with every kind of page: branches, leaves, values of
// several pages, inline and empty buckets, free pages with old rows on them.
func record(t *testing.T) *history {
	h := &history{content: make(map[engine.Bucket]map[string]string)}
	folder := t.TempDir()
	e, err := engine.Open(folder)
	require.NoError(t, err)
	for _, b := range []engine.Bucket{1, 2, 3, 4} {
		require.NoError(t, e.Update(func(tx *engine.Tx) error { tx.Create(b); return nil }))
	}
	rng := rand.New(rand.NewPCG(1, 1))
	for range 40 {
		require.NoError(t, e.Update(func(tx *engine.Tx) error { write(tx, rng); return nil }))
		h.files = append(h.files, usedPages(t, folder))
	}
	h.content = dump(t, e)
	require.NoError(t, e.Close())
	report, err := engine.Verify(folder)
	require.NoError(t, err)
	h.commit = report.Commit
	h.sequence, err = os.ReadFile(filepath.Join(folder, "tablestore.sequence"))
	require.NoError(t, err)
	return h
}

func write(tx *engine.Tx, rng *rand.Rand) {
	put := func(b engine.Bucket, key string, size int) {
		value := bytes.Repeat([]byte{byte(rng.IntN(256))}, checksum.Size+size)
		tx.Put(b, []byte(key), checksum.Stamp([]byte(key), value))
	}
	for range 25 {
		put(1, fmt.Sprintf("%0*d", 3+rng.IntN(40), rng.IntN(500)), rng.IntN(300))
		tx.Delete(1, fmt.Appendf(nil, "%03d", rng.IntN(500)))
	}
	put(2, fmt.Sprint("small", rng.IntN(5)), 20)
	put(3, fmt.Sprint("large", rng.IntN(4)), 3000+rng.IntN(9000))
	put(engine.Catalog, fmt.Sprint("table", rng.IntN(9)), 200)
	tx.NextSequence(engine.Catalog)
}

// usedPages is the file without the unused space at its end.
func usedPages(t *testing.T, folder string) []byte {
	file, err := os.ReadFile(filepath.Join(folder, "tablestore.db"))
	require.NoError(t, err)
	pages := uint64(0)
	for _, meta := range [][]byte{file, file[pageSize():]} {
		pages = max(pages, binary.NativeEndian.Uint64(meta[16+40:]))
	}
	return file[:int(pages)*pageSize()]
}

func dump(t *testing.T, e *engine.Engine) map[engine.Bucket]map[string]string {
	content := make(map[engine.Bucket]map[string]string)
	require.NoError(t, e.View(nil, func(tx *engine.Tx) error {
		for b := range engine.Bucket(6) {
			content[b] = make(map[string]string)
			for key, value := range tx.Range(b, nil, nil, false) {
				content[b][string(key)] = string(value)
				require.Equal(t, string(value), string(tx.Get(b, key)), "found by walking, not by key")
			}
		}
		return nil
	}))
	return content
}

// damage is one way to damage a file. It says what it did.
type damage func(h *history, rng *rand.Rand, file []byte) (damaged []byte, did string)

func flipHeader(h *history, rng *rand.Rand, file []byte) ([]byte, string) {
	return flip(file, rng.IntN(h.pages())*pageSize()+rng.IntN(16), rng)
}

// flipElements flips a bit among the sizes and offsets at a page's start.
func flipElements(h *history, rng *rand.Rand, file []byte) ([]byte, string) {
	return flip(file, rng.IntN(h.pages())*pageSize()+16+rng.IntN(512), rng)
}

func flipAnywhere(_ *history, rng *rand.Rand, file []byte) ([]byte, string) {
	return flip(file, rng.IntN(len(file)), rng)
}

func flip(file []byte, at int, rng *rand.Rand) ([]byte, string) {
	bit := rng.IntN(8)
	file[at] ^= 1 << bit
	return file, fmt.Sprintf("flip bit %d of byte %d of page %d", bit, at%pageSize(), at/pageSize())
}

func truncate(_ *history, rng *rand.Rand, file []byte) ([]byte, string) {
	n := rng.IntN(len(file))
	return file[:n], fmt.Sprintf("truncate to %d bytes", n)
}

func zeroPage(h *history, rng *rand.Rand, file []byte) ([]byte, string) {
	id := rng.IntN(h.pages())
	clear(page(file, id))
	return file, fmt.Sprintf("zero page %d", id)
}

func swapPages(h *history, rng *rand.Rand, file []byte) ([]byte, string) {
	a, b := rng.IntN(h.pages()), rng.IntN(h.pages())
	kept := bytes.Clone(page(file, a))
	copy(page(file, a), page(file, b))
	copy(page(file, b), kept)
	return file, fmt.Sprintf("swap pages %d and %d", a, b)
}

func duplicatePage(h *history, rng *rand.Rand, file []byte) ([]byte, string) {
	from, to := rng.IntN(h.pages()), rng.IntN(h.pages())
	copy(page(file, to), page(file, from))
	return file, fmt.Sprintf("copy page %d over page %d", from, to)
}

// oldPages puts earlier versions of one to three pages back.
func oldPages(h *history, rng *rand.Rand, file []byte) ([]byte, string) {
	version := rng.IntN(len(h.files))
	old := h.files[version]
	did := fmt.Sprintf("put back version %d of pages", version)
	for range 1 + rng.IntN(3) {
		id := rng.IntN(len(old) / pageSize())
		copy(page(file, id), page(old, id))
		did += fmt.Sprint(" ", id)
	}
	return file, did
}

// oldMetas puts the meta pages of an earlier commit back, one or both.
func oldMetas(h *history, rng *rand.Rand, file []byte) ([]byte, string) {
	version, which := rng.IntN(len(h.files)-1), 1+rng.IntN(3)
	for id := range 2 {
		if which&(1<<id) != 0 {
			copy(page(file, id), page(h.files[version], id))
		}
	}
	return file, fmt.Sprintf("put back version %d of meta pages %b", version, which)
}

func oldFile(h *history, rng *rand.Rand, _ []byte) ([]byte, string) {
	version := rng.IntN(len(h.files) - 1)
	return bytes.Clone(h.files[version]), fmt.Sprintf("put back the file of version %d", version)
}

// lostRow removes the last row of a leaf page and leaves a page that bbolt could
// have written: only the digests show it.
func lostRow(h *history, rng *rand.Rand, file []byte) ([]byte, string) {
	const leaf = 2
	id := h.pageOf(rng, leaf)
	p := page(file, id)
	count := int(binary.NativeEndian.Uint16(p[10:]))
	binary.NativeEndian.PutUint16(p[10:], uint16(count-1))
	elements := 16 + count*16
	copy(p[elements-16:], p[elements:])
	for i := range count - 1 {
		offset := p[16+i*16+4:]
		binary.NativeEndian.PutUint32(offset, binary.NativeEndian.Uint32(offset)-16)
	}
	return file, fmt.Sprintf("remove the last row of page %d", id)
}

// flipBranchKey flips a bit of a key that leads to another page.
func flipBranchKey(h *history, rng *rand.Rand, file []byte) ([]byte, string) {
	const branch = 1
	id := h.pageOf(rng, branch)
	p := page(file, id)
	count := int(binary.NativeEndian.Uint16(p[10:]))
	last := 16 + (count-1)*16
	begin := 16 + count*16
	end := last + int(binary.NativeEndian.Uint32(p[last:])) + int(binary.NativeEndian.Uint32(p[last+4:]))
	return flip(file, id*pageSize()+begin+rng.IntN(end-begin), rng)
}

// pageOf picks a page of a type that holds two elements at least, free pages
// included.
func (h *history) pageOf(rng *rand.Rand, kind uint16) int {
	for {
		id := 2 + rng.IntN(h.pages()-2)
		p := page(h.newest(), id)
		if binary.NativeEndian.Uint16(p[8:]) == kind && binary.NativeEndian.Uint16(p[10:]) > 1 && binary.NativeEndian.Uint32(p[12:]) == 0 {
			return id
		}
	}
}

func page(file []byte, id int) []byte { return file[id*pageSize() : (id+1)*pageSize()] }

// TestDamage damages a file in a few hundred ways, drawn from one seed, and
// requires each to be opened with the very rows that were committed, or to be
// refused in one line. TABLESTORE_DAMAGE=10000 makes it ten thousand.
func TestDamage(t *testing.T) {
	trials := 400
	if text := os.Getenv(damageTrials); text != "" {
		var err error
		trials, err = strconv.Atoi(text)
		require.NoError(t, err)
	}
	h := record(t)
	ways := map[string]damage{
		"header bit": flipHeader, "element bit": flipElements, "any bit": flipAnywhere, "truncated": truncate, "zeroed": zeroPage,
		"swapped": swapPages, "duplicated": duplicatePage, "old pages": oldPages, "old metas": oldMetas, "old file": oldFile,
		"lost row": lostRow, "branch key": flipBranchKey,
	}
	weights := map[string]int{"header bit": 4, "element bit": 2, "old pages": 2, "branch key": 4}
	names := slices.Sorted(maps.Keys(ways))
	rng := rand.New(rand.NewPCG(2, 2))
	refused, identical := map[string]int{}, map[string]int{}
	for n := 0; n < trials; {
		for _, name := range names {
			for range max(1, weights[name]) {
				file, did := ways[name](h, rng, bytes.Clone(h.newest()))
				if h.survives(t, file, did) {
					identical[name]++
				} else {
					refused[name]++
				}
				n++
			}
		}
	}
	for _, name := range names {
		t.Logf("%-12s %5d refused, %5d identical", name, refused[name], identical[name])
		require.Positive(t, refused[name], "%s proves nothing", name)
	}
}

// TestEveryHeaderBit flips each bit of each page's header that a longer run asks
// for; a short one takes every forty-first.
func TestEveryHeaderBit(t *testing.T) {
	step := 41
	if os.Getenv(damageTrials) != "" {
		step = 1
	}
	h := record(t)
	refused, identical := 0, 0
	for bit := 0; bit < h.pages()*16*8; bit += step {
		id, offset := bit/(16*8), bit%(16*8)
		file := bytes.Clone(h.newest())
		file[id*pageSize()+offset/8] ^= 1 << (offset % 8)
		if h.survives(t, file, fmt.Sprintf("flip bit %d of page %d's header", offset, id)) {
			identical++
		} else {
			refused++
		}
	}
	t.Logf("%d pages: %d refused, %d identical", h.pages(), refused, identical)
	require.Greater(t, refused, 100)
}

func TestTheSequenceFileIsGuardedToo(t *testing.T) {
	h := record(t)
	for bit := range len(h.sequence) * 8 {
		sequence := bytes.Clone(h.sequence)
		sequence[bit/8] ^= 1 << (bit % 8)
		require.False(t, h.opens(t, h.newest(), sequence, fmt.Sprintf("flip bit %d of the sequence file", bit)))
	}
	require.True(t, h.opens(t, h.newest(), nil, "remove the sequence file"))
}

func (h *history) survives(t *testing.T, file []byte, did string) bool {
	return h.opens(t, file, h.sequence, did)
}

// opens reports whether the file opens, with the rows of the newest version, and
// takes a further commit. A refusal must be one line that names the file.
func (h *history) opens(t *testing.T, file, sequence []byte, did string) bool {
	folder := t.TempDir()
	path := filepath.Join(folder, "tablestore.db")
	require.NoError(t, os.WriteFile(path, file, 0o600))
	if sequence != nil {
		require.NoError(t, os.WriteFile(filepath.Join(folder, "tablestore.sequence"), sequence, 0o600))
	}
	defer func() { require.NoError(t, os.RemoveAll(folder)) }()

	e, err := engine.Open(folder)
	if err != nil {
		require.ErrorContains(t, err, path, did)
		require.NotContains(t, err.Error(), "\n", did)
		if h.refused++; h.refused%8 == 0 { // it costs a few syncs
			h.salvages(t, folder, did)
		}
		return false
	}
	found := dump(t, e)
	require.True(t, maps.EqualFunc(h.content, found, maps.Equal[map[string]string, map[string]string]), "opened with other rows after: %s", did)
	require.NoError(t, e.Update(func(tx *engine.Tx) error { write(tx, rand.New(rand.NewPCG(3, 3))); return nil }), did)
	require.NoError(t, e.Close(), did)
	_, err = engine.Verify(folder)
	require.NoError(t, err, "a commit made it worse after: %s", did)
	return true
}

// salvages requires that a refused file can be salvaged, into rows that were
// committed at some time, and that the report says so if any are missing.
func (h *history) salvages(t *testing.T, folder, did string) {
	to := filepath.Join(folder, "salvaged")
	report, err := engine.Salvage(folder, to)
	if err != nil { // neither meta page is whole
		require.NotContains(t, err.Error(), "\n", did)
		return
	}
	e, err := engine.Open(to)
	require.NoError(t, err, did)
	found := dump(t, e)
	require.NoError(t, e.Close(), did)
	if maps.EqualFunc(h.content, found, maps.Equal[map[string]string, map[string]string]) {
		return
	}
	require.True(t, h.admits(report), "rows are missing without a word after: %s", did)
}

// admits reports whether a report says that something is missing or old.
func (h *history) admits(report *engine.Salvaged) bool {
	doubtful := func(b engine.SalvagedBucket) bool { return !b.Whole }
	return len(report.Damage) > 0 || slices.ContainsFunc(report.Buckets, doubtful) || report.Commit < h.commit
}

// TestSalvageKeepsWhatIsWhole damages one page at a time and counts the rows
// that are kept.
func TestSalvageKeepsWhatIsWhole(t *testing.T) {
	h := record(t)
	rows := 0
	for _, bucket := range h.content {
		rows += len(bucket)
	}
	salvage := func(t *testing.T, file []byte) (kept int, report *engine.Salvaged) {
		folder, to := t.TempDir(), t.TempDir()
		require.NoError(t, os.WriteFile(filepath.Join(folder, "tablestore.db"), file, 0o600))
		report, err := engine.Salvage(folder, to)
		require.NoError(t, err)
		for _, b := range report.Buckets {
			kept += int(b.Rows)
		}
		return kept, report
	}
	t.Run("all of a whole file", func(t *testing.T) {
		kept, report := salvage(t, h.newest())
		require.Equal(t, rows, kept)
		require.Empty(t, report.Damage)
	})
	t.Run("all in spite of a lowered count", func(t *testing.T) {
		for id := 2; id < h.pages(); id += 3 {
			file := bytes.Clone(h.newest())
			p := page(file, id)
			if count := binary.NativeEndian.Uint16(p[10:]); count > 0 {
				binary.NativeEndian.PutUint16(p[10:], count/2)
			}
			kept, report := salvage(t, file)
			require.GreaterOrEqual(t, kept, rows-1, "page %d: %+v", id, report)
		}
	})
	t.Run("all but those of a page that is gone", func(t *testing.T) {
		rng := rand.New(rand.NewPCG(4, 4))
		const leaf = 2
		for range 10 {
			file := bytes.Clone(h.newest())
			clear(page(file, h.pageOf(rng, leaf)))
			kept, _ := salvage(t, file)
			require.GreaterOrEqual(t, kept, rows-100)
		}
	})
}
