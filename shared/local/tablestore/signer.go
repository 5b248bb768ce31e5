package tablestore

import (
	"crypto/hmac"
	"crypto/sha1"
	"encoding/base64"
	"hash"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"aegis/shared/local/tablestore/internal/ots"
)

// signer signs with a key pair. It keeps keyed hashes: to key one takes as long
// as to sign with it, and every request needs two signatures.
type signer struct {
	Credentials
	keyed   sync.Pool                 // of *keyed
	derived atomic.Pointer[derivedV4] // the last one used
}

// keyed is a hash with the memory that signing needs.
type keyed struct {
	mac  hash.Hash
	text []byte
	sum  [sha1.Size]byte
}

func newSigner(c Credentials) *signer {
	s := &signer{Credentials: c}
	s.keyed.New = func() any { return &keyed{mac: hmac.New(sha1.New, []byte(c.AccessKeySecret))} }
	return s
}

// newSigners are those of the instances; none given means that of "local".
func newSigners(instances map[string]Credentials) map[string]*signer {
	if instances == nil {
		instances = map[string]Credentials{"local": {AccessKeyID: "local", AccessKeySecret: "local"}}
	}
	signers := make(map[string]*signer, len(instances))
	for name, c := range instances {
		signers[name] = newSigner(c)
	}
	return signers
}

// verify checks a request's signature, and returns the signer of its answer.
func (s *signer) verify(r *http.Request, now time.Time) (*signer, error) {
	if headerOf(r, headerSignatureV4) != "" {
		return s.verifyV4(r, now)
	}

	want := s.sign(make([]byte, 0, signatureSize), func(text []byte) []byte { return appendSigned(text, r) })
	if !hmac.Equal(want, []byte(headerOf(r, headerSignature))) {
		return s, ots.Errorf(ots.AuthFailed, "Signature mismatch.")
	}
	return s, nil
}

// sign appends the signature, in base64, of the text that write appends.
func (s *signer) sign(dst []byte, write func(text []byte) []byte) []byte {
	k := s.keyed.Get().(*keyed)
	defer s.keyed.Put(k)

	k.text = write(k.text[:0])
	k.mac.Reset()
	k.mac.Write(k.text)
	return base64.StdEncoding.AppendEncode(dst, k.mac.Sum(k.sum[:0]))
}
