package pop

// The part of the catalogue that is about the caller.

// SignatureDoesNotMatch contains the text that we signed, so that clients can compare.
// The Go, Java and Python SDKs split the message after the colon. If the rest equals
// their own StringToSign, they tell the user that the secret is wrong, so no character
// may follow it.
func SignatureDoesNotMatch(stringToSign string) *Error {
	return New("SignatureDoesNotMatch", 400, "Specified signature is not matched with our calculation. server string to sign is:"+stringToSign)
}

// IncompleteSignature refuses a signature that is malformed.
func IncompleteSignature(why string) *Error {
	return New("IncompleteSignature", 400, "The request signature does not conform to Aliyun standards.").because(why)
}

// InvalidSignatureMethod refuses an algorithm we do not speak.
func InvalidSignatureMethod(why string) *Error {
	return New("InvalidSignatureMethod", 400, "Specified signature method is not valid.").because(why)
}

// InvalidAccessKeyIDNotFound refuses a key that does not exist.
func InvalidAccessKeyIDNotFound() *Error {
	return New("InvalidAccessKeyId.NotFound", 404, "Specified access key is not found.")
}

// InvalidAccessKeyIDInactive refuses a key that is switched off.
func InvalidAccessKeyIDInactive() *Error {
	return New("InvalidAccessKeyId.Inactive", 400, "Specified access key is disabled.")
}

// InvalidTimeStampFormat refuses a time that is not written as
// 2006-01-02T15:04:05Z.
func InvalidTimeStampFormat() *Error {
	return New("InvalidTimeStamp.Format", 400, "Specified time stamp or date value is not well formatted.")
}

// InvalidTimeStampExpired refuses a time too far from ours, either way.
func InvalidTimeStampExpired() *Error {
	return New("InvalidTimeStamp.Expired", 400, "Specified time stamp or date value is expired.")
}

// SignatureNonceUsed refuses a request that was seen before.
func SignatureNonceUsed() *Error {
	return New("SignatureNonceUsed", 400, "Specified signature nonce was used already.")
}

// InvalidSecurityTokenExpired refuses an STS token past its time.
func InvalidSecurityTokenExpired() *Error {
	return New("InvalidSecurityToken.Expired", 400, "Specified SecurityToken is expired.")
}

// InvalidSecurityTokenMalformed refuses an STS token that cannot be read.
func InvalidSecurityTokenMalformed() *Error {
	return New("InvalidSecurityToken.Malformed", 400, "Specified SecurityToken is malformed.")
}

// InvalidSecurityTokenMismatch refuses an STS token of another key.
func InvalidSecurityTokenMismatch() *Error {
	return New("InvalidSecurityToken.MismatchWithAccessKey", 400, "Specified SecurityToken mismatch with the AccessKey.")
}

// ForbiddenRAM refuses a caller who may not do this to that owner. It says why,
// when it is given a reason.
func ForbiddenRAM(why string) *Error {
	return New("Forbidden.RAM", 403, "User not authorized to operate on the specified resource, or this API doesn't support RAM.").because(why)
}
