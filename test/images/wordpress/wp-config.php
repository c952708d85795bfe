<?php
function setting($name, $default) {
  $file = getenv($name . '_FILE');
  if ($file) return rtrim(file_get_contents($file), "\r\n");
  $value = getenv($name);
  return $value === false ? $default : $value;
}

define('DB_HOST', setting('WORDPRESS_DB_HOST', 'mysql'));
define('DB_USER', setting('WORDPRESS_DB_USER', 'root'));
define('DB_PASSWORD', setting('WORDPRESS_DB_PASSWORD', ''));
define('DB_NAME', setting('WORDPRESS_DB_NAME', 'wordpress'));
define('DB_CHARSET', 'utf8mb4');
define('DB_COLLATE', '');
// All replicas must agree on these, and nothing outside tests uses this image.
foreach (['AUTH_KEY', 'SECURE_AUTH_KEY', 'LOGGED_IN_KEY', 'NONCE_KEY', 'AUTH_SALT', 'SECURE_AUTH_SALT', 'LOGGED_IN_SALT', 'NONCE_SALT'] as $name) {
  define($name, hash('sha256', $name . DB_PASSWORD));
}
define('WP_HTTP_BLOCK_EXTERNAL', true);
define('AUTOMATIC_UPDATER_DISABLED', true);
$table_prefix = setting('WORDPRESS_TABLE_PREFIX', 'wp_');

if (!defined('ABSPATH')) define('ABSPATH', __DIR__ . '/');
require_once ABSPATH . 'wp-settings.php';
