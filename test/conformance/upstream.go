// Package conformance holds no code of its own. It pins, in go.mod, the upstream programs that the runner
// builds: the end-to-end suite by the import below, the others by the tool lines of go.mod.
package conformance

import _ "k8s.io/kubernetes/test/e2e"
