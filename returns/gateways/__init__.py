"""Companies through which money goes back; `config.wiring.PAYMENT_GATEWAYS` lists them."""
