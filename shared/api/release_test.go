package api_test

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestAnInstanceIsReleasedOnceItHasExpired(t *testing.T) {
	d := open(t)
	instance := d.call(create()).fields["InstanceId"].(string)
	release := create("Action=ReleaseInstance", "-ClientToken", "InstanceId="+instance)

	early := d.call(release)
	require.Equal(t, 403, early.status)
	require.Equal(t, "InvalidInstanceStatus.NotExpired", early.fields["Code"])

	d.now = d.now.AddDate(0, 1, 1)
	for range 2 { // it has no ClientToken: the same call again answers alike
		released := d.call(release)
		require.Equal(t, 200, released.status, released.body)
		require.NotContains(t, released.fields, "InstanceId")
	}
	require.Equal(t, "", d.call(create("Action=GetSummary")).fields["InstanceId"])
	require.Equal(t, 404, d.call(create("Action=ReleaseInstance", "InstanceId=aegis-other")).status)
	require.Equal(t, 400, d.call(create("Action=ReleaseInstance", "-InstanceId")).status)
	require.Equal(t, 200, d.call(create("ClientToken=next")).status)
}
