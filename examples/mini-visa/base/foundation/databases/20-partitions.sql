-- Transactions by month, and the look-ups of payments that the services make.
CREATE TABLE transactions (
  id          uuid        NOT NULL,
  request_id  text        NOT NULL,
  pan_token   text        NOT NULL,  -- never the card number itself
  amount      numeric(12, 2) NOT NULL,
  state       text        NOT NULL,
  created_at  timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (id, created_at)
) PARTITION BY RANGE (created_at);

CREATE TABLE transactions_default PARTITION OF transactions DEFAULT;

CREATE INDEX transactions_request ON transactions (request_id);
CREATE INDEX transactions_pan_token ON transactions (pan_token, created_at DESC);
