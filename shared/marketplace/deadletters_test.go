package marketplace_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"aegis/shared/marketplace"
	"aegis/shared/store"
)

func TestWhatCanNeverSucceedIsADeadLetterAndTheRestIsDone(t *testing.T) {
	s := open(t)
	s.consume(create("biz-0", uid))
	wrong := strings.Replace(create("biz-9", uid), `"token":"`, `"token":"0`, 1)
	bad := map[string]string{
		"not JSON at all": "neither JSON nor base64",
		"":                "empty",
		message("danceInstance", "instanceId=biz-0"):                                                                  "No action is known",
		message("createInstance", "aliUid="+uid, "orderBizId=biz-2", "orderId=o", "skuId=aegis-77"):                   "No sku is known",
		message("createInstance", "aliUid="+uid, "orderBizId=biz-2", "orderId=o1", "skuId=aegis-4", "vm_number=900"):  "vm_number must be",
		message("createInstance", "aliUid=me", "orderBizId=biz-2", "orderId=o2", "skuId=aegis-4"):                     "aliUid must be",
		message("createInstance", "aliUid="+uid, "orderBizId=biz-2", "orderId=o3", "skuId=aegis-4", "expiredOn=soon"): "expiredOn must be a time",
		message("createInstance", "aliUid="+uid, "orderBizId=biz/2", "orderId=o4", "skuId=aegis-4"):                   "orderBizId must be",
		message("createInstance", "aliUid="+uid, "orderBizId=aegis-2", "orderId=o5", "skuId=aegis-4"):                 "would pass for",
		message("createInstance", "aliUid=3000000000000008", "orderBizId=biz-0", "orderId=o6", "skuId=aegis-4"):       "belongs to another account",
		message("createInstance", "aliUid="+uid, "orderBizId=biz-0", "orderId=o-biz-0", "skuId=aegis-1"):              "done before",
		message("upgradeInstance", "instanceId=biz-0", "skuId=aegis-1", "orderId=o8"):                                 "InvalidUpgrade.NotHigher",
		message("releaseInstance", "instanceId=biz-0", "isRefund=perhaps"):                                            "isRefund must be",
		message("renewInstance", "instanceId=biz-0", "expiredOn=2028-01-01 00:00:00"):                                 "orderId is missing",
		wrong: "The token is wrong",
	}
	var bodies []string
	for body := range bad {
		bodies = append(bodies, body)
	}
	bodies = append(bodies, create("biz-5", "3000000000000009"))
	r := s.consume(bodies...)
	require.Equal(t, marketplace.Report{Messages: len(bad) + 1, Done: 1, Dead: len(bad)}, r)
	reasons := s.letters()
	require.Len(t, reasons, len(bad))
	for body, why := range bad {
		require.Contains(t, strings.Join(reasons, "\n"), why, body)
	}
	require.Equal(t, "biz-5", s.account("3000000000000009").Instance.ID)
	require.Len(t, s.orders(uid), 1)
}

// A short one has a tenth of the messages: it takes the same ways at once.
func TestAHugeBatch(t *testing.T) {
	sold := 100
	if testing.Short() {
		sold = 10
	}
	s := open(t)
	bodies := make([]string, 100*sold)
	for i := range bodies {
		bodies[i] = "poison " + strings.Repeat("x", 1+i)
	}
	for i := range sold {
		bodies[i*100] = create(fmt.Sprint("biz-", i), fmt.Sprint(3000000000000000+i))
	}
	r := s.consume(bodies...)
	require.Equal(t, marketplace.Report{Messages: 100 * sold, Done: sold, Dead: 99 * sold}, r)
}

func TestAMessageOf32MBIsCutAndSaidToBe(t *testing.T) {
	size := 32 << 20
	if testing.Short() {
		size = 2 << 20
	}
	s := open(t)
	s.consume(strings.Repeat("x", size))
	letters, _, err := s.Letters().List(context.Background(), "", 10)
	require.NoError(t, err)
	require.Equal(t, size, letters[0].Cut)
	require.Len(t, letters[0].Body, marketplace.MaxKept)
	_, err = s.Retry(context.Background(), letters[0].ID, false)
	require.ErrorContains(t, err, "Only the beginning")
}

func TestADeadLetterIsRetried(t *testing.T) {
	ctx := context.Background()
	s := open(t)
	late := message("renewInstance", "instanceId=biz-1", "orderId=o-3", "expiredOn=2028-01-01 00:00:00")
	s.consume(late)
	letters, _, err := s.Letters().List(ctx, "", 10)
	require.NoError(t, err)
	require.Len(t, letters, 1)
	id := letters[0].ID
	_, err = s.Retry(ctx, id, false)
	require.ErrorContains(t, err, "was not sold by the marketplace")
	letter, err := s.Letters().Find(ctx, id)
	require.NoError(t, err)
	require.Equal(t, 1, letter.Attempts, "nothing new is noted")

	s.consume(create("biz-1", uid))
	receipt, err := s.Retry(ctx, id, false)
	require.NoError(t, err)
	require.NotEmpty(t, receipt.OrderID)
	require.Equal(t, 2027, s.account(uid).Instance.Period.End().UTC().Year())
	_, err = s.Retry(ctx, id, false)
	require.ErrorIs(t, err, marketplace.ErrNoLetter)
	require.ErrorIs(t, s.Letters().Discard(ctx, id), marketplace.ErrNoLetter)
}

func TestRepetitionsOfOneCallAreOneLetter(t *testing.T) {
	s := open(t)
	s.consume(create("biz-1", uid))
	other := create("biz-2", uid)
	s.consume(other, " "+other, other, "x"+other)
	require.Len(t, s.letters(), 2)
}

func TestALetterThatCannotBeParkedIsNotLost(t *testing.T) {
	s := open(t)
	s.gate.BeforeCommit = func(int, []store.Change) error { return store.ErrNotApplied }
	_, err := s.Consume(context.Background(), batch("poison"))
	require.ErrorIs(t, err, store.ErrNotApplied)
	require.Empty(t, s.letters())
}

// Each other message of its batch would wait for the next delivery.
func TestALetterWithALostAnswerIsPutAgainAtOnce(t *testing.T) {
	for lost, kept := range map[int]bool{1: true, 2: true, 3: false} {
		s := open(t)
		s.gate.AfterCommit = func(commit int, _ []store.Change) error {
			if commit <= lost {
				return fmt.Errorf("the answer is lost: %w", store.ErrUnknown)
			}
			return nil
		}
		_, err := s.Consume(context.Background(), batch("poison"))
		require.Equal(t, kept, err == nil, "%d answers lost: %v", lost, err)
		require.Len(t, s.letters(), 1, "the first write was applied")
	}
}
