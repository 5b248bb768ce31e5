package reference

import "fmt"

func (c Call) curl() string {
	return fmt.Sprintf("# Sends a URL that scripts/sign signs; it is good for 15 minutes, once.\ngo run ./scripts/sign -only v1 -method %s -key %s -secret %s %s%s | grep 'curl -sS' | sh\n",
		c.Method, c.KeyID, c.Secret, c.Action, c.words())
}

// words are the parameters as words of a shell.
func (c Call) words() (words string) {
	for _, p := range c.Parameters {
		words += " " + shell(p.Name+"="+p.Value)
	}
	return words
}

func (c Call) java() string {
	return fmt.Sprintf(`import com.aliyuncs.CommonRequest;
import com.aliyuncs.DefaultAcsClient;
import com.aliyuncs.http.MethodType;
import com.aliyuncs.http.ProtocolType;
import com.aliyuncs.profile.DefaultProfile;

public class Sample {
    public static void main(String[] args) throws Exception {
        DefaultAcsClient client = new DefaultAcsClient(DefaultProfile.getProfile("cn-hangzhou", %s, %s));
        CommonRequest request = new CommonRequest();
        request.setSysProtocol(ProtocolType.HTTP);
        request.setSysMethod(MethodType.%s);
        request.setSysDomain(%q);
        request.setSysVersion("2016-11-11");
        request.setSysAction(%q);
%s        System.out.println(client.getCommonResponse(request).getData());
    }
}
`, double(c.KeyID), double(c.Secret), c.Method, c.Host, c.Action, c.each("        request.putQueryParameter(%s, %s);\n", double))
}

func (c Call) python() string {
	host, port := c.hostAndPort()
	return fmt.Sprintf(`from aliyunsdkcore.client import AcsClient
from aliyunsdkcore.request import CommonRequest

client = AcsClient(%s, %s, 'cn-hangzhou', port=%s)
request = CommonRequest(domain='%s', version='2016-11-11', action_name='%s')
request.set_protocol_type('http')
request.set_method('%s')
request.set_accept_format('json')
%sprint(client.do_action_with_exception(request).decode())
`, single(c.KeyID), single(c.Secret), port, host, c.Action, c.Method, c.each("request.add_query_param(%s, %s)\n", single))
}

func (c Call) node() string {
	return fmt.Sprintf(`const { RPCClient } = require('@alicloud/pop-core');

const client = new RPCClient({
  accessKeyId: %s, accessKeySecret: %s, endpoint: 'http://%s', apiVersion: '2016-11-11',
});
client.request('%s', {
%s}, { method: '%s' }).then(
  (answer) => console.log(JSON.stringify(answer)),
  (refusal) => { console.error(refusal.code, refusal.message); process.exitCode = 1; },
);
`, single(c.KeyID), single(c.Secret), c.Host, c.Action, c.properties(), c.Method)
}

// properties are the parameters as properties of a JavaScript object.
func (c Call) properties() (lines string) {
	for _, p := range c.Parameters {
		lines += "  " + p.Name + ": " + single(p.Value) + ",\n"
	}
	return lines
}

func (c Call) php() string {
	return fmt.Sprintf(`<?php
use AlibabaCloud\Client\AlibabaCloud;

require 'vendor/autoload.php';

AlibabaCloud::accessKeyClient(%s, %s)->regionId('cn-hangzhou')->asDefaultClient();
$result = AlibabaCloud::rpc()
    ->scheme('http')->host('%s')->product('aegis')->version('2016-11-11')
    ->method('%s')->action('%s')
    ->options(['query' => [
%s    ]])
    ->request();
print_r($result->toArray());
`, single(c.KeyID), single(c.Secret), c.Host, c.Method, c.Action, c.each("        %s => %s,\n", single))
}

func (c Call) cli() string {
	return fmt.Sprintf("aliyun aegis %s --version 2016-11-11 --force --endpoint %s --insecure \\\n  --access-key-id %s --access-key-secret %s --region cn-hangzhou%s\n",
		c.Action, c.Host, c.KeyID, c.Secret, c.flags())
}

// flags are the parameters as flags of the aliyun CLI.
func (c Call) flags() (flags string) {
	for _, p := range c.Parameters {
		flags += " \\\n  --" + p.Name + " " + shell(p.Value)
	}
	return flags
}
