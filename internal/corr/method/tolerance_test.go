package method

// decomposition is how far the pairs of a decomposition, all of them kept, may
// be from the kernel relative to its norm: twice what random matrices show.
const decomposition = 32 * 0x1p-53
