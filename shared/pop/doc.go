// Package pop speaks POP, the RPC protocol of Alibaba Cloud's API gateway: it
// decodes and verifies a caller's request, encodes the answer, and signs
// requests of our own.
//
// # The model
//
// A front door (an HTTP server, an API Gateway event, a Function Compute HTTP
// trigger) fills in a [Request]. [Decode] turns it into a [Call]: who says
// they are calling, which action they ask for, and the parameters of query and
// form merged into one set. Nothing in a Call may be believed until
// [Call.CheckTime] and [Call.Verify] have both returned nil; whether the nonce
// is fresh is for the caller to find out, since that takes a store.
//
//	call, err := pop.Decode(request)
//	if err == nil {
//		err = call.CheckTime(now)
//	}
//	if err == nil {
//		if key, ok := keys[call.AccessKeyID]; ok {
//			err = call.Verify(key.Secret)
//		} else {
//			err = call.VerifyUnknown()
//		}
//	}
//	if err != nil {
//		var refusal *pop.Error
//		errors.As(err, &refusal)
//		return refusal.Response(call.Format, requestID, call.Host)
//	}
//	return pop.Answer(call.Format, call.Action, requestID, fields...)
//
// # What is guaranteed
//
// A Call that verified was signed, as a whole, by a holder of the secret:
// every parameter Decode returned, and every header it heeded, is part of what
// was signed. Parameters given twice are refused, never resolved, so
// that no two readers of one request can disagree about it. Signatures are
// compared in constant time, and a key that does not exist costs the same work
// as a wrong signature.
//
// Signatures are computed from decoded values, encoded again strictly: the
// published clients send at least five encodings of one and the same value.
//
// Work is bounded before it begins: see [MaxBody], [MaxParams], [MaxName] and
// [MaxValue]. Signing and verifying allocate at most twice, whatever the
// request holds up to a few kilobytes.
//
// # Versions
//
// Signature version 1.0 (HMAC-SHA1 or HMAC-SHA256, all in the parameters) and
// version 3 (ACS3-HMAC-SHA256, in headers) are both spoken, in both directions.
// Bearer tokens, RSA key pairs and SM3 are not; they are refused by name.
//
// # Choices
//
// The path is part of what version 3 signs; version 1.0 signs neither host nor path.
// Every x-acs-* header that is read must be signed in version 3, and so must
// content-type when there is a body, since it decides whether the body holds parameters.
// A refusal carries Recommend, a link to Alibaba Cloud's page about its code, or to a
// page of the product's own (WithPage).
package pop
