// Stands in for `multiformats/basics` where libp2p's byte helpers ask for it in the build: they import every multibase
// there is, emoji included, and the page would carry them before the click. These four families are what addresses and
// keys are written in.

import * as base16 from 'multiformats/bases/base16'
import * as base32 from 'multiformats/bases/base32'
import * as base58 from 'multiformats/bases/base58'
import * as base64 from 'multiformats/bases/base64'

export const bases = { ...base16, ...base32, ...base58, ...base64 }
