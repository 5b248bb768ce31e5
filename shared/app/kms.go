package app

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"aegis/shared/access"
	"aegis/shared/pop"
	"aegis/shared/store"
)

// KMSSettings name the master keys that KMS has wrapped.
type KMSSettings struct {
	Endpoint string
	Wrapped  []string // ciphertext blobs, the newest first; none: KMS is not asked
}

// readKMS reads the settings of wrapped master keys.
func (s *Settings) readKMS(v values) error {
	s.KMS.Endpoint = v("KMS_ENDPOINT")
	if u, err := url.Parse(s.KMS.Endpoint); err != nil || u.Host == "" || u.Scheme != "https" && !onThisMachine(s.KMS.Endpoint) {
		return fmt.Errorf("settings: KMS_ENDPOINT is %q, it must be a URL that begins with https://", s.KMS.Endpoint)
	}
	for blob := range strings.SplitSeq(v("ACCESS_MASTER_KEY_KMS"), ",") {
		if blob = strings.TrimSpace(blob); blob != "" {
			s.KMS.Wrapped = append(s.KMS.Wrapped, blob)
		}
	}
	return nil
}

// unwrap returns the master keys that KMS unwraps with the function role's credentials,
// or with those of the store.
func (s Settings) unwrap(ctx context.Context) (access.MasterKey, error) {
	credentials := s.Store.Credentials
	if credentials.AccessKeyID == "" {
		credentials = store.CredentialsOf(ctx)
	}

	var all access.MasterKey
	for _, blob := range s.KMS.Wrapped {
		text, err := s.KMS.decrypt(ctx, credentials, blob)
		if err != nil {
			return access.MasterKey{}, err
		}
		key, err := access.ParseMasterKey(text)
		if err != nil {
			return access.MasterKey{}, fmt.Errorf("what KMS unwraps: %w", err)
		}
		all = all.Join(key)
	}
	return all, nil
}

// maxKMSAnswer bounds an answer of KMS. That of Decrypt has less than a kilobyte.
const maxKMSAnswer = 64 << 10

// decrypt calls Decrypt (Kms, 2016-01-20). Its errors hold neither what was sent nor what
// was decrypted.
func (k KMSSettings) decrypt(ctx context.Context, credentials pop.Credentials, blob string) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	signer := pop.Signer{Credentials: credentials}
	form := signer.SignV1(http.MethodPost, pop.Params{
		{Name: "Action", Value: "Decrypt"}, {Name: "Version", Value: "2016-01-20"}, {Name: "Format", Value: "JSON"},
		{Name: "CiphertextBlob", Value: blob},
	})
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, k.Endpoint, strings.NewReader(form.Encode()))
	if err != nil {
		return "", errors.New("KMS: the request cannot be made")
	}
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")

	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return "", errors.New("KMS does not answer")
	}
	defer response.Body.Close()
	var answer struct{ Plaintext, Code, RequestId string }
	err = json.NewDecoder(io.LimitReader(response.Body, maxKMSAnswer)).Decode(&answer)
	switch {
	case answer.Code != "":
		return "", fmt.Errorf("KMS: Decrypt was refused: %s (%s)", answer.Code, answer.RequestId)
	case err != nil || response.StatusCode != http.StatusOK || answer.Plaintext == "":
		return "", fmt.Errorf("KMS: the answer is not one of Decrypt (status %d)", response.StatusCode)
	}
	return answer.Plaintext, nil
}
