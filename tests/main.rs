mod analyst;
