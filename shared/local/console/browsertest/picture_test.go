package browsertest_test

import (
	"bytes"
	"cmp"
	"image"
	"image/color"
	"image/png"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"
)

// pictured are the pages that the READMEs show as they are opened; the others
// are pictured after what their tests do. PICTURED=all
// keeps every page.
func pictured() []string {
	if os.Getenv("PICTURED") == "all" {
		return slices.Collect(maps.Keys(pages()))
	}
	return []string{"try", "request"}
}

// screenshot keeps a picture of a page in the light, if SCREENSHOTS names a folder.
func screenshot(t *testing.T, b *browser, name, language, scheme string) {
	t.Helper()
	if scheme == "light" && slices.Contains(pictured(), name) {
		keepPicture(t, b, name, language)
	}
}

// inBothLanguages keeps a picture of what a page shows now, without loading it again.
func inBothLanguages(t *testing.T, b *browser, name string) {
	t.Helper()
	for _, language := range []string{"zh-CN", "en"} {
		b.run(t, chromedp.Click(`.choice button[lang="`+language+`"]`))
		keepPicture(t, b, name, language)
	}
}

func keepPicture(t *testing.T, b *browser, name, language string) {
	t.Helper()
	dir := os.Getenv("SCREENSHOTS")
	if dir == "" {
		return
	}
	b.waitFor(t, `document.getAnimations().length === 0`)
	var picture []byte
	b.run(t, chromedp.Evaluate(`document.activeElement.blur(); scrollTo(0, 0)`, nil), chromedp.CaptureScreenshot(&picture))
	full, err := png.Decode(bytes.NewReader(picture))
	require.NoError(t, err)
	var small bytes.Buffer
	require.NoError(t, (&png.Encoder{CompressionLevel: png.BestCompression}).Encode(&small, reduced(full)))
	require.NoError(t, os.MkdirAll(dir, 0o755))
	require.NoError(t, os.WriteFile(filepath.Join(dir, name+"."+language+".png"), small.Bytes(), 0o644))
}

// reduced is a picture in its 128 most frequent colours, a third of the size. The others
// are shades at the edges of letters.
func reduced(full image.Image) image.Image {
	count := map[color.RGBA]int{}
	each(full, func(_, _ int, c color.RGBA) { count[c]++ })
	frequent := slices.SortedFunc(maps.Keys(count), func(a, b color.RGBA) int { return cmp.Compare(count[b], count[a]) })
	palette := color.Palette{}
	for _, c := range frequent[:min(128, len(frequent))] {
		palette = append(palette, c)
	}

	nearest := map[color.RGBA]uint8{}
	small := image.NewPaletted(full.Bounds(), palette)
	each(full, func(x, y int, c color.RGBA) {
		at, known := nearest[c]
		if !known {
			at = uint8(palette.Index(c))
			nearest[c] = at
		}
		small.SetColorIndex(x, y, at)
	})
	return small
}

func each(picture image.Image, do func(x, y int, c color.RGBA)) {
	for y := picture.Bounds().Min.Y; y < picture.Bounds().Max.Y; y++ {
		for x := picture.Bounds().Min.X; x < picture.Bounds().Max.X; x++ {
			do(x, y, color.RGBAModel.Convert(picture.At(x, y)).(color.RGBA))
		}
	}
}
