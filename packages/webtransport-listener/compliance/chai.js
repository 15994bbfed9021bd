// The assertions that js-libp2p's compliance tests import as `aegir/chai`, without the rest of aegir.

import chai from 'chai'
import chaiAsPromised from 'chai-as-promised'
import chaiBites from 'chai-bites'
import chaiParentheses from 'chai-parentheses'

// The order matters: the parentheses wrap what is there before them (chaijs/chai#1298).
chai.use(chaiAsPromised)
chai.use(chaiParentheses)
chai.use(chaiBites)

export const { assert, expect } = chai
